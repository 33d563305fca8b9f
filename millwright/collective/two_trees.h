// Double binary trees (Sanders, Speck and Traeff 2009).
#pragma once

#include "millwright/collective/algorithms.h"

namespace millwright {

std::vector<Phase> double_binary_tree(const FabricGraph& graph, const CollectiveRequest& request);
std::vector<Phase> chain_tree(const FabricGraph& graph, const CollectiveRequest& request);
std::vector<Phase> rail_tree(const FabricGraph& graph, const CollectiveRequest& request);

}  // namespace millwright
