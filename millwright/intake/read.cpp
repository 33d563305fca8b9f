#include "millwright/intake/read.h"

#include <set>

#include "millwright/catalog/toml_reader.h"

namespace millwright {
namespace {

/// Keys of the root that are sections; a misspelt one gets a hint.
void check_root(TomlReading& r, toml::table root) {
    std::set<std::string> known = field_keys<ScenarioText>();
    for (const char* name : {"site", "buyer", "factory", "job", "serving", "assume"}) {
        known.insert(name);
    }
    toml_detail::check_keys(r, root, known, "");
}

template <class Part>
void check_names(TomlReading& r, const std::vector<Part>& parts, std::string_view kind) {
    std::set<std::string> seen;
    for (const Part& part : parts) {
        if (!part.name.given || seen.insert(part.name.value).second) continue;
        r.faults.push_back({part.name.at,
                            fmt::format("two of [[{}]] are named '{}'", kind, part.name.value),
                            "give each its own name"});
    }
}

}  // namespace

Result<ScenarioText> parse_scenario(std::string_view text, const std::string& file) {
    const auto root = parse_toml(text, file);
    if (!root) return failure(root.error());
    TomlReading r{.file = file, .sources = {}, .faults = {}};
    ScenarioText scenario;
    scenario.file = file;
    read_fields(r, *root, "the scenario", scenario);
    require(r, *root, "site", "[site]", "it says where: country = \"CN\"");
    require(r, *root, "buyer", "[buyer]", "it says who: headquarters = \"CN\"");
    require(r, *root, "factory", "[[factory]]", "each is one alternative to compare");
    require(r, *root, "job", "[[job]]", "each is one thing to do, such as a model to train");
    read_section(r, *root, "site", scenario.site);
    read_section(r, *root, "buyer", scenario.buyer);
    read_section(r, *root, "serving", scenario.serving);
    read_section(r, *root, "assume", scenario.assume);
    read_tables(r, *root, "factory", scenario.factories);
    read_tables(r, *root, "job", scenario.jobs);
    check_root(r, *root);
    check_names(r, scenario.factories, "factory");
    check_names(r, scenario.jobs, "job");
    scenario.faults = std::move(r.faults);
    return scenario;
}

Result<ScenarioText> read_scenario(const std::string& path) {
    const FileText file = read_file(path, scenario_file_limit);
    if (!file.ok) {
        return failure({{path, 0, 0},
                        "the scenario " + file.why,
                        "see examples/yiwu-115k/scenario.toml for one"});
    }
    return parse_scenario(file.text, path);
}

}  // namespace millwright
