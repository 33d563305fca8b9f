#include "scenario/tree_file.h"

#include <set>

#include "base/text.h"
#include "catalog/toml_reader.h"
#include "scenario/read.h"

namespace millwright {
namespace {

struct TierText {
    Place at;
    std::int64_t width = 1;
    double oversubscription = 1;
};

struct TreeText {
    std::string name;
    Bandwidth port;
    Seconds hop;
    std::vector<TierText> tiers;
};

}  // namespace

template <>
struct Fields<TierText> {
    static constexpr auto table = std::tuple{
        Field{"width", &TierText::width, "hosts or groups below one group", Need::required,
              Range{1, 1e6}},
        Field{"oversubscription", &TierText::oversubscription, "of its links up; 1 if left out",
              Need::optional, Range{1, 1000}},
    };
};

template <>
struct Fields<TreeText> {
    static constexpr auto table = std::tuple{
        Field{"name", &TreeText::name, "name of the fabric"},
        Field{"port", &TreeText::port, "rate of a link, one direction", Need::required, positive},
        Field{"hop", &TreeText::hop, "latency of a link", Need::required},
    };
};

Result<Tree> parse_tree(std::string_view text, const std::string& file) {
    const auto root = parse_toml(text, file);
    if (!root) return failure(root.error());
    TomlReading r{.file = file, .sources = {}, .faults = {}};
    TreeText written;
    read_fields(r, *root, "the fabric", written);
    require(r, *root, "tier", "[[tier]]", "each is a tier of switches, from the hosts up");
    read_tables(r, *root, "tier", written.tiers);
    std::set<std::string> known = field_keys<TreeText>();
    known.insert("tier");
    toml_detail::check_keys(r, *root, known, "");
    Tree tree{.port = written.port, .hop = written.hop};
    for (const TierText& tier : written.tiers) {
        tree.tiers.push_back({static_cast<std::uint32_t>(tier.width), tier.oversubscription});
    }
    constexpr double most = 4e6;
    if (capacity_of(tree) > most) {
        r.faults.push_back(
            {{file, 1, 1},
             fmt::format("the tiers hold {:.3g} hosts, more than {:.3g}", capacity_of(tree), most),
             "lower a width"});
    }
    if (!r.faults.empty()) return failure(std::move(r.faults));
    return tree;
}

Result<Tree> read_tree(const std::string& path) {
    const FileText file = read_file(path, scenario_file_limit);
    if (!file.ok) {
        return failure({{path, 0, 0},
                        "the fabric " + file.why,
                        "it holds port, hop and [[tier]] tables: docs/reference/tables.md"});
    }
    return parse_tree(file.text, path);
}

}  // namespace millwright
