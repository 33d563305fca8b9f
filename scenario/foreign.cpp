#include "scenario/foreign.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace millwright {
namespace {

struct Kind {
    std::vector<std::string_view> words;  // all of which stand in such a file
    std::string_view what, hint;
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {{"algbw", "busbw", "out-of-place"},
         "is output of nccl-tests",
         "`millwright collective` predicts such a line; `millwright validate collectives "
         "TABLE.csv` "
         "compares measured ones"},
        {{"<system", "<cpu"},
         "is a topology of NCCL (XML)",
         "describe the fabric in a file for --fabric: docs/reference/fabrics.md"},
        {{"<graphs", "<graph"},
         "is a graph of NCCL (XML)",
         "describe the fabric in a file for --fabric: docs/reference/fabrics.md"},
        {{"topology:", "npus_count:"},
         "is a network of ASTRA-sim (YAML)",
         "describe it in TOML for --fabric: `kind` and `dimensions` as its topology and "
         "npus_count, "
         "`port` and `hop` as bandwidth and latency (docs/reference/fabrics.md)"},
        {{"\"traceEvents\""},
         "is a Kineto trace of the PyTorch profiler, which has no dependencies",
         "link it to the execution trace with chakra_trace_link and convert with chakra_converter"},
        {{"\"schema\"", "\"nodes\"", "\"inputs\""},
         "is a PyTorch execution trace, not yet a Chakra one",
         "convert it with chakra_converter, one file a rank"},
    };
    return all;
}

}  // namespace

std::optional<Fault> foreign_file(std::string_view text, const std::string& path) {
    constexpr std::size_t looked_at = 65'536;
    const std::string_view head = text.substr(0, looked_at);
    for (const Kind& kind : kinds()) {
        const bool all = std::ranges::all_of(kind.words, [&](auto w) { return contains(head, w); });
        if (all) return Fault{{path, 0, 0}, std::string(kind.what), std::string(kind.hint)};
    }
    return std::nullopt;
}

}  // namespace millwright
