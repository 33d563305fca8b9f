// The first tree is in order: numbers with most factors of two are roots, odd ones leaves. The
// second is the first mirrored (n even) or shifted by one (n odd), so that nobody is inside both.
// Curves count bytes as of a ring, 2 (n - 1) / n buffers, where the fullest node of the trees
// sends fullest_node(): the quotient is what a byte sent counts.
#include "millwright/collective/two_trees.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "millwright/base/whole.h"
#include "millwright/collective/rings.h"

namespace millwright {
namespace {

/// Edges of the in-order tree over low to high: its root is the number with most factors of two,
/// so odd numbers are leaves.
void add_edges(std::uint32_t low, std::uint32_t high, std::uint32_t parent,
               std::vector<TreeEdge>& edges) {
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

}  // namespace

std::vector<TreeEdge> double_tree(std::uint32_t n) {
    std::vector<TreeEdge> edges;
    add_edges(1, n, 0, edges);
    const std::size_t one = edges.size();
    for (std::size_t i = 0; i < one; ++i) {
        const auto [child, parent] = edges[i];
        // in either, odd numbers become even ones: mirrored c is n + 1 - c, shifted c + 1. Of an
        // odd n the last alone comes round to 1, which is a leaf of both.
        const bool even = n % 2 == 0;
        edges[i] = {child - 1, parent - 1};
        edges.push_back(even ? TreeEdge{n - child, n - parent} : TreeEdge{child % n, parent % n});
    }
    return edges;
}

namespace {

/// An all-reduce of `size` by two trees over every `stride`-th of the members, for each of the
/// first `stride` members: every node is inside one tree at most, and half of the data goes up and
/// down each, in pieces.
std::vector<Send> tree_sends(std::uint32_t nodes, std::uint32_t stride, Bytes size) {
    std::vector<Send> all;
    for (const auto& [child, parent] : double_tree(nodes)) {
        for (std::uint32_t i = 0; i < stride; ++i) {
            all.push_back({child * stride + i, parent * stride + i, size / 2});
            all.push_back({parent * stride + i, child * stride + i, size / 2});
        }
    }
    return all;
}

Phase tree_phase(std::uint32_t nodes, std::uint32_t stride, Bytes size) {
    return {.others = [nodes, stride, size] { return tree_sends(nodes, stride, size); },
            .depth = 2 * tree_levels(real(nodes))};
}

/// Streams of half of what a rail carries, through so many levels up and down. What libraries reach
/// is counted as if each of `counted` nodes sent as in a ring.
Pace tree_pace(Bytes stream, double inner_hops, double outer_hops, double counted) {
    const double ring = 2 * (counted - 1) / counted;
    return {.inner = stream,
            .outer = stream,
            .inner_moved = ring,
            .outer_moved = ring,
            .inner_calls = outer_hops > 0 ? 0.0 : 1.0,
            .outer_calls = outer_hops > 0 ? 1.0 : 0.0,
            .inner_hops = 2 * inner_hops,
            .outer_hops = 2 * outer_hops};
}

}  // namespace

std::vector<Phase> double_binary_tree(const FabricGraph& graph, const CollectiveRequest& r) {
    const double n = real(r.team.size);
    const Rails rails = rails_of(graph, r);
    Phase phase = tree_phase(r.team.size, 1, r.size);
    if (rails.domains == 1) {
        phase.pace = tree_pace(r.size / (2 * n), inner_depth(n), 0, n);
    } else {
        phase.pace = tree_pace(r.size / 2, 0, tree_levels(n), n);
        phase.pace.tree_domains = n;
        phase.pace.passes = rails.inner > 1;
    }
    phase.pace.inner_moved /= fullest_node(n);
    phase.pace.outer_moved /= fullest_node(n);
    return {phase};
}

/// A chain inside each domain for each of its ports, whose first member is in the trees across.
std::vector<Phase> chain_tree(const FabricGraph& graph, const CollectiveRequest& r) {
    const Rails rails = rails_of(graph, r);
    const Bytes each = r.size / real(rails.inner);
    const auto sends = [rails, each] {
        std::vector<Send> all = tree_sends(rails.domains, rails.inner, each);
        for (std::uint32_t member = 0; member < rails.domains * rails.inner; ++member) {
            const std::uint32_t port = member % rails.inner;
            const std::uint32_t zero = member - port;
            for (std::uint32_t i = 1; i < rails.inner; ++i) {
                const std::uint32_t near = zero + on_path(rails.inner, port, i - 1);
                const std::uint32_t far = zero + on_path(rails.inner, port, i);
                all.push_back({far, near, each});
                all.push_back({near, far, each});
            }
        }
        return all;
    };
    const double levels = tree_levels(real(rails.domains));
    Phase phase{.others = sends, .depth = 2 * (levels + real(rails.inner - 1))};
    const double inner = real(rails.inner);
    const double port = fullest_node(real(rails.domains));
    phase.pace = tree_pace(each / 2, inner_depth(inner), levels, real(r.team.size));
    phase.pace.inner_moved /= 2 * (inner - 1) / inner + port / inner;
    phase.pace.outer_moved /= port;
    phase.pace.tree_domains = real(rails.domains);
    phase.pace.passes = true;
    return {phase};
}

std::vector<Phase> rail_tree(const FabricGraph& graph, const CollectiveRequest& r) {
    const Rails rails = rails_of(graph, r);
    const Bytes each = r.size / real(rails.inner);
    Phase across = tree_phase(rails.domains, rails.inner, each);
    const double domains = real(rails.domains);
    across.pace = tree_pace(each / 2, 0, tree_levels(domains), domains);
    across.pace.tree_domains = domains;
    across.pace.outer_moved /= fullest_node(domains);
    return railed(r, rails, {across});
}

}  // namespace millwright
