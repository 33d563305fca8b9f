// A file of another tool would be refused anyway, as bad TOML or a table without its columns. That
// tells people nothing; what the file is and what takes its place does.
//
// Formats are known by words that stand together near the beginning of their files. The first row
// all of whose words are there is told.
#include "millwright/intake/foreign.h"

#include <algorithm>
#include <array>
#include <vector>

#include "millwright/base/text.h"

namespace millwright {
namespace {

struct ForeignFormat {
    std::vector<std::string_view> words;  // all of which stand in such a file
    std::string_view name, instead;
};

constexpr std::string_view by_server =
    "name the server, such as --server hgx-h100 --fabric rail-fat-tree, or write its domain, ports "
    "and tiers in TOML: docs/reference/fabrics.md";
constexpr std::string_view by_kind =
    "write kind, dimensions, port and hop in TOML: Ring and more are kind = \"torus\", "
    "FullyConnected is \"full-mesh\", Switch is a [[tier]]; bandwidth is port, latency is hop: "
    "docs/reference/fabrics.md";

const std::vector<ForeignFormat>& formats() {
    static const std::vector<ForeignFormat> all{
        {{"algbw", "busbw", "out-of-place"},
         "output of nccl-tests",
         "`millwright collective` predicts such a line; `millwright validate collectives "
         "TABLE.csv` "
         "compares measured ones"},
        {{"<system", "<cpu"}, "a topology of NCCL (XML)", by_server},
        {{"<system", "<pci"}, "a topology of NCCL (XML)", by_server},
        {{"<graphs", "<graph"}, "a graph of NCCL (XML)", by_server},
        {{"topology:", "npus_count:"}, "a network of ASTRA-sim (YAML)", by_kind},
        {{"\"topology-name\"", "\"dimensions-count\""}, "a network of ASTRA-sim (JSON)", by_kind},
        {{"\"traceEvents\""},
         "a Kineto trace of the PyTorch profiler, which has no dependencies",
         "link it to the execution trace with chakra_trace_link and convert with chakra_converter"},
        {{"\"schema\"", "\"nodes\"", "\"inputs\""},
         "a PyTorch execution trace, not yet a Chakra one",
         "convert it with chakra_converter, one file a rank"},
    };
    return all;
}

/// The text from its first sign on, a byte-order mark aside.
std::string_view without_lead(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

}  // namespace

std::optional<Fault> foreign_file(std::string_view text, const std::string& path) {
    // bytes: enough for a header or the first records
    constexpr std::size_t looked_at = 65'536;
    const std::string_view head = text.substr(0, looked_at);
    for (const ForeignFormat& format : formats()) {
        const bool all =
            std::ranges::all_of(format.words, [&](auto word) { return contains(head, word); });
        if (!all) continue;
        return Fault{{path, 0, 0},
                     "this is " + std::string(format.name) + ", which is not read here",
                     std::string(format.instead)};
    }
    return std::nullopt;
}

std::optional<Fault> foreign_fabric(std::string_view text, const std::string& path) {
    if (auto known = foreign_file(text, path)) return known;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> starts{
        {{"<", "XML"}, {"{", "JSON"}, {"---", "YAML"}}};
    const std::string_view body = without_lead(text);
    for (const auto& [start, name] : starts) {
        if (!body.starts_with(start)) continue;
        return Fault{{path, 0, 0},
                     "this is " + std::string(name) + ", which is not read as a fabric",
                     "a fabric is a name, TOML (tiers, tori and more) or CSV (cables): "
                     "docs/reference/fabrics.md"};
    }
    return std::nullopt;
}

}  // namespace millwright
