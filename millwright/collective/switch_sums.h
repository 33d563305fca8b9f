// All-reduces in which switches add.
#pragma once

#include "millwright/collective/algorithms.h"
#include "millwright/collective/exchanges.h"

namespace millwright {

/// Each as the table says.
std::vector<Phase> switch_tree(const FabricGraph& graph, const CollectiveRequest& request);
/// Up to the switch and down from it once; as flows from each to the next they load the same links.
std::vector<Phase> in_network(const FabricGraph& graph, const CollectiveRequest& request);

}  // namespace millwright
