// Every section is read whatever is wrong with the others, so that one run tells all that is wrong
// with a file; `resolve` puts the faults in order.
#include "millwright/intake/read.h"

#include <set>

#include "millwright/catalog/toml_reader.h"
#include "millwright/intake/job_kinds.h"

namespace millwright {
namespace {

/// Keys of the root that are sections; a misspelt one gets a hint. [serving] has its own fault.
void check_root(TomlReading& r, toml::table root) {
    std::set<std::string> known = field_keys<ScenarioText>();
    for (const char* name : {"site", "buyer", "factory", "job", "assume", "reliability", "books",
                             "phase", "sale", "uncertain", "correlation", "override"}) {
        known.insert(name);
    }
    root.erase("serving");
    toml_detail::check_keys(r, root, known, "");
}

/// What one replica serves was a table once, beside training jobs that were each asked to serve
/// too. Read as defaults of jobs that the file does not have, it would do nothing and not say so.
void refuse_serving(TomlReading& r, const toml::table& root) {
    const toml::node* node = root.get("serving");
    if (node == nullptr) return;
    std::string keys;
    if (const toml::table* table = node->as_table()) {
        for (const auto& [name, value] : *table) {
            if (field_keys<ServeJobText>().contains(std::string(name.str()))) {
                keys += fmt::format(", {}", name.str());
            }
        }
    }
    r.fault(*node, "[serving] is a job of its own now",
            "write [[job]] with a name, kind = \"serve\", a model" +
                (keys.empty() ? " and what it is asked" : keys + " as here"));
}

/// Two of one name could not be told apart.
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

// Only text that is no TOML ends here: nothing of it has a place.
Result<ScenarioText> parse_scenario(std::string_view text, const std::string& file) {
    const auto root = parse_toml(text, file);
    if (!root) return failure(root.error());
    TomlReading r{.file = file, .sources = {}, .faults = {}};
    ScenarioText scenario;
    scenario.file = file;
    read_fields(r, *root, "the scenario", scenario);
    require_table(r, *root, "site", "[site]", "it says where: country = \"CN\"");
    require_table(r, *root, "buyer", "[buyer]", "it says who: headquarters = \"CN\"");
    require_table(r, *root, "factory", "[[factory]]", "each is one alternative to compare");
    require_table(r, *root, "job", "[[job]]", "each is one thing to do, such as a model to train");
    read_one_or_more(r, *root, "site", scenario.sites);
    read_one_or_more(r, *root, "buyer", scenario.buyers);
    refuse_serving(r, *root);
    read_section(r, *root, "assume", scenario.assume);
    read_section(r, *root, "reliability", scenario.reliability);
    read_tables(r, *root, "factory", scenario.factories);
    read_jobs(r, *root, scenario.jobs);
    read_tables(r, *root, "override", scenario.overrides);
    read_section(r, *root, "books", scenario.books);
    read_tables(r, *root, "phase", scenario.phases);
    read_tables(r, *root, "sale", scenario.sales);
    read_tables(r, *root, "uncertain", scenario.uncertain);
    read_tables(r, *root, "correlation", scenario.correlations);
    check_root(r, *root);
    check_names(r, scenario.sites, "site");
    check_names(r, scenario.buyers, "buyer");
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
