#include "millwright/intake/loop_text.h"

#include <set>

#include "millwright/catalog/toml_reader.h"
#include "millwright/intake/read.h"

namespace millwright {
namespace {

/// What a loop cannot be without.
void require_sections(TomlReading& r, const toml::table& root) {
    for (const auto& [name, doc] : {std::pair{"fleet", "its vehicles and triggers"},
                                    std::pair{"curation", "the share of events that is kept"},
                                    std::pair{"training", "chips, and operations of a run"}}) {
        if (root.contains(name)) continue;
        r.fault(root, fmt::format("the loop lacks [{}]", name), doc);
    }
    if (root.contains("release")) return;
    r.fault(root, "the loop lacks [[release]]", "each is a share of the fleet and a time to watch");
}

/// The model goes to ever more of the fleet, in the end to all.
void check_shares(TomlReading& r, const std::vector<ReleaseStageText>& stages) {
    double before = 0;
    for (const ReleaseStageText& stage : stages) {
        if (!stage.share.given) return;
        if (stage.share.value <= before) {
            r.faults.push_back({stage.share.at, "the share of the fleet does not grow",
                                "give stages in order, each with a greater share"});
        }
        before = stage.share.value;
    }
    if (stages.empty() || before == 1) return;
    r.faults.push_back({stages.back().share.at, "the last stage is not the whole fleet",
                        "give it the share 1, or add a stage that has it"});
}

}  // namespace

Result<DataLoopText> parse_data_loop(std::string_view text, const std::string& file) {
    const auto root = parse_toml(text, file);
    if (!root) return failure(root.error());
    TomlReading r{.file = file, .sources = {}, .faults = {}};
    DataLoopText loop;
    loop.file = file;
    read_fields(r, *root, "the file", loop);
    std::set<std::string> known = field_keys<DataLoopText>();
    for_each_loop_section(loop, [&](const char* name, auto& section) {
        read_section(r, *root, name, section);
        known.insert(name);
    });
    read_tables(r, *root, "release", loop.release);
    known.insert("release");
    require_sections(r, *root);
    check_shares(r, loop.release);
    toml_detail::check_keys(r, *root, known, "");
    loop.faults = std::move(r.faults);
    return loop;
}

Result<DataLoopText> read_data_loop(const std::string& path) {
    const FileText file = read_file(path, scenario_file_limit);
    if (!file.ok) {
        return failure({{path, 0, 0}, "the file " + file.why, "docs/data-loop.md has one"});
    }
    return parse_data_loop(file.text, path);
}

}  // namespace millwright
