#include "scenario/foreign_fabric.h"

#include <array>

#include "base/text.h"

namespace millwright {
namespace {

/// A format and the marks that tell it; all of them must be there, the first at the start if so
/// wanted.
struct Format {
    std::string_view start;
    std::array<std::string_view, 2> marks;
    std::string_view name;
    std::string_view instead;
};

constexpr std::string_view by_server =
    "name the server, such as --server hgx-h100 --fabric rail-fat-tree, or write its domain, ports "
    "and tiers in TOML: docs/reference/fabrics.md";
constexpr std::string_view by_kind =
    "write kind, dimensions, port and hop in TOML: Ring and more are kind = \"torus\", "
    "FullyConnected is \"full-mesh\", Switch is a [[tier]]; bandwidth is port, latency is hop: "
    "docs/reference/fabrics.md";
constexpr std::string_view by_file =
    "a fabric is a name, TOML (tiers, tori and more) or CSV (cables): docs/reference/fabrics.md";

constexpr std::array formats{
    Format{"<", {"<system", "<cpu"}, "a topology of NCCL (XML)", by_server},
    Format{"<", {"<system", "<pci"}, "a topology of NCCL (XML)", by_server},
    Format{"<", {"<graphs", "<graph"}, "a graph of NCCL (XML)", by_server},
    Format{"<", {"<", ">"}, "XML", by_file},
    Format{"", {"topology:", "npus_count:"}, "a network of astra-sim (YAML)", by_kind},
    Format{"{", {"\"topology-name\"", "\"dimensions-count\""}, "a network of astra-sim", by_kind},
    Format{"{", {"\"", ":"}, "JSON", by_file},
    Format{"---", {":", ""}, "YAML", by_file},
};

}  // namespace

std::optional<Fault> foreign_fabric(std::string_view text, const std::string& file) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return std::nullopt;
    text.remove_prefix(begin);
    for (const Format& format : formats) {
        const bool all = contains(text, format.marks[0]) && contains(text, format.marks[1]);
        if (!all || !text.starts_with(format.start)) continue;
        return Fault{{file, 0, 0},
                     "this is " + std::string(format.name) + ", which is not read as a fabric",
                     std::string(format.instead)};
    }
    return std::nullopt;
}

}  // namespace millwright
