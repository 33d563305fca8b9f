#include "millwright/collective/two_trees.h"

#include <bit>
#include <cmath>

namespace millwright {
namespace {

struct Edge {
    std::uint32_t child = 0, parent = 0;  // counted from 1
};

/// Edges of the in-order tree over low to high: its root is the number with most factors of two,
/// so odd numbers are leaves.
void add_edges(std::uint32_t low, std::uint32_t high, std::uint32_t parent,
               std::vector<Edge>& edges) {
    if (low > high) return;
    std::uint32_t root = high;
    for (std::uint32_t unit = std::bit_floor(high); unit >= 1; unit /= 2) {
        root = high / unit * unit;
        if (root >= low) break;
    }
    if (parent > 0) edges.push_back({root, parent});
    add_edges(low, root - 1, root, edges);
    add_edges(root + 1, high, root, edges);
}

/// Edges of two trees over 0 to n - 1, the second mirrored or shifted so that who is a leaf of one
/// is inside the other.
std::vector<Edge> double_tree(std::uint32_t n) {
    std::vector<Edge> edges;
    add_edges(1, n, 0, edges);
    const std::size_t one = edges.size();
    for (std::size_t i = 0; i < one; ++i) {
        const auto [child, parent] = edges[i];
        const bool even = n % 2 == 0;
        edges[i] = {child - 1, parent - 1};
        edges.push_back(even ? Edge{n - child, n - parent} : Edge{child % n, parent % n});
    }
    return edges;
}

}  // namespace

Phase tree_phase(std::uint32_t nodes, std::uint32_t stride, Bytes size) {
    const auto sends = [nodes, stride, half = size / 2] {
        std::vector<Send> all;
        for (const auto& [child, parent] : double_tree(nodes)) {
            for (std::uint32_t i = 0; i < stride; ++i) {
                all.push_back({child * stride + i, parent * stride + i, half});
                all.push_back({parent * stride + i, child * stride + i, half});
            }
        }
        return all;
    };
    return {.others = sends, .depth = 2 * std::ceil(std::log2(static_cast<double>(nodes)))};
}

}  // namespace millwright
