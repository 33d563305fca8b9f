// Any bytes at all make a tree of switches or faults; a tree that is read gives every host a way.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scenario/tree_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto tree = parse_tree(text, "fuzz.toml");
    if (!tree) {
        if (tree.error().empty()) std::abort();
        return 0;
    }
    const double hosts = capacity_of(*tree);
    tree->hosts = static_cast<std::uint32_t>(hosts < 1000 ? hosts : 1000);
    const std::size_t links = problem_of(*tree).capacity.size();
    for (const LinkId link : way_on(*tree, 0, tree->hosts - 1, 7)) {
        if (link >= links) std::abort();
    }
    return 0;
}
