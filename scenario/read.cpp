#include "scenario/read.h"

#include <set>

#include "catalog/toml_reader.h"

namespace millwright {
namespace {

/// Faults for unknown keys of a section.
template <class Part>
void check_section(TomlReading& r, const toml::table& table) {
    toml_detail::check_keys(r, table, field_keys<Part>(), "");
}

template <class Part>
void read_section(TomlReading& r, const toml::table& root, std::string_view name, bool required,
                  std::string_view doc, Part& part) {
    const toml::node* node = root.get(name);
    if (node == nullptr) {
        if (!required) return;
        r.fault(root, fmt::format("the scenario lacks [{}]", name), std::string(doc));
        return;
    }
    const toml::table* table = node->as_table();
    if (table == nullptr) {
        r.fault(*node, fmt::format("'{}' must be a table", name), fmt::format("write [{}]", name));
        return;
    }
    read_fields(r, *table, fmt::format("[{}]", name), part);
    check_section<Part>(r, *table);
}

template <class Part>
void read_sections(TomlReading& r, const toml::table& root, std::string_view name,
                   std::string_view doc, std::vector<Part>& parts) {
    const toml::node* node = root.get(name);
    if (node == nullptr) {
        r.fault(root, fmt::format("the scenario has no [[{}]]", name), std::string(doc));
        return;
    }
    const toml::array* list = node->as_array();
    if (list == nullptr || list->empty() || !list->is_homogeneous(toml::node_type::table)) {
        r.fault(*node, fmt::format("'{}' must be one or more tables", name),
                fmt::format("write [[{}]] before each", name));
        return;
    }
    for (const toml::node& item : *list) {
        const toml::table& table = *item.as_table();
        Part part;
        part.at = r.place(item);
        read_fields(r, table, fmt::format("this [[{}]]", name), part);
        check_section<Part>(r, table);
        parts.push_back(std::move(part));
    }
}

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
    read_section(r, *root, "site", true, "it says where: country = \"CN\"", scenario.site);
    read_section(r, *root, "buyer", true, "it says who: headquarters = \"CN\"", scenario.buyer);
    read_section(r, *root, "serving", false, "", scenario.serving);
    read_section(r, *root, "assume", false, "", scenario.assume);
    read_sections(r, *root, "factory", "each is one alternative to compare", scenario.factories);
    read_sections(r, *root, "job", "each is one thing to do, such as a model to train",
                  scenario.jobs);
    check_root(r, *root);
    check_names(r, scenario.factories, "factory");
    check_names(r, scenario.jobs, "job");
    if (!r.faults.empty()) return failure(std::move(r.faults));
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
