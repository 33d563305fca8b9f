// Double binary trees (Sanders, Speck and Traeff 2009).
#pragma once

#include "millwright/collective/algorithms.h"

namespace millwright {

/// An edge of a tree over members.
struct TreeEdge {
    std::uint32_t child = 0, parent = 0;
};

/// Edges of two trees over 0 to n - 1, the second mirrored or shifted so that who is a leaf of one
/// is inside the other.
std::vector<TreeEdge> double_tree(std::uint32_t n);

/// All-reduce of half of the data up and down each of two trees over all members. Who is inside one
/// tree is a leaf of the other, so that all send about alike, in 2 log2(n) hops.
std::vector<Phase> double_binary_tree(const FabricGraph& graph, const CollectiveRequest& request);
/// For each port of the domains two trees across them, and a chain inside each domain.
std::vector<Phase> chain_tree(const FabricGraph& graph, const CollectiveRequest& request);
/// Scatter inside domains, two trees of like members across, gather inside.
std::vector<Phase> rail_tree(const FabricGraph& graph, const CollectiveRequest& request);

}  // namespace millwright
