// Rings and nested rings (millwright/collective/algorithms.h), and what stands around those of
// rails.
#pragma once

#include "millwright/collective/algorithms.h"
#include "millwright/collective/exchanges.h"

namespace millwright {

/// Each as the table says, for a collective other than all-to-all: an all-reduce is a
/// reduce-scatter and an all-gather, and these two send alike in opposite order.
std::vector<Phase> ring(const FabricGraph& graph, const CollectiveRequest& request);
std::vector<Phase> bidirectional_ring(const FabricGraph& graph, const CollectiveRequest& request);
std::vector<Phase> multi_ring(const FabricGraph& graph, const CollectiveRequest& request);
std::vector<Phase> parallel_trees(const FabricGraph& graph, const CollectiveRequest& request);
std::vector<Phase> hierarchical(const FabricGraph& graph, const CollectiveRequest& request);
std::vector<Phase> mesh(const FabricGraph& graph, const CollectiveRequest& request);
std::vector<Phase> torus(const FabricGraph& graph, const CollectiveRequest& request);
std::vector<Phase> rail_ring(const FabricGraph& graph, const CollectiveRequest& request);

/// Exchange inside domains around what like ranks of all domains do with their piece.
std::vector<Phase> railed(const CollectiveRequest& request, const Rails& rails,
                          std::vector<Phase> across);

/// Sizes of nested blocks of members that divide each other and the team, up to the whole.
std::vector<std::uint32_t> nested_blocks(const FabricGraph& graph, const Team& team);

}  // namespace millwright
