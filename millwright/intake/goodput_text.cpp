// Read as a scenario is: what is faulty counts as not given, all faults are told at once.
#include "millwright/intake/goodput_text.h"

#include <set>

#include "millwright/base/text.h"
#include "millwright/catalog/toml_reader.h"
#include "millwright/intake/read.h"

namespace millwright {

Result<GoodputText> parse_goodput(std::string_view text, const std::string& file) {
    const auto root = parse_toml(text, file);
    if (!root) return failure(root.error());
    TomlReading r{.file = file, .sources = {}, .faults = {}};
    GoodputText goodput;
    goodput.file = file;
    read_fields(r, *root, "the file", goodput);
    std::set<std::string> known = field_keys<GoodputText>();
    for_each_section(goodput, [&](const char* name, auto& section) {
        read_section(r, *root, name, section);
        known.insert(name);
    });
    read_tables(r, *root, "level", goodput.levels);
    read_tables(r, *root, "cause", goodput.causes);
    read_tables(r, *root, "imbalance", goodput.imbalances);
    known.insert({"level", "cause", "imbalance"});
    toml_detail::check_keys(r, *root, known, "");
    goodput.faults = std::move(r.faults);
    return goodput;
}

Result<GoodputText> read_goodput(const std::string& path) {
    const FileText file = read_file(path, scenario_file_limit);
    if (!file.ok) {
        return failure({{path, 0, 0}, "the file " + file.why, "docs/goodput.md has one"});
    }
    return parse_goodput(file.text, path);
}

}  // namespace millwright
