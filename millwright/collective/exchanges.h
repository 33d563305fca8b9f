// All-to-all algorithms of the shelf (millwright/collective/algorithms.h).
#pragma once

#include "millwright/collective/algorithms.h"

namespace millwright {

/// Members of a team by scale-up domain.
struct Rails {
    std::uint32_t inner = 1, domains = 1;
};

Rails rails_of(const FabricGraph& graph, const CollectiveRequest& request);

/// The i-th member of a path from `first` through all of a domain: every way between two of an even
/// number of members is in one of the paths, so that those of a mesh carry alike.
std::uint32_t on_path(std::uint32_t members, std::uint32_t first, std::uint32_t i);

std::vector<Phase> pairwise(const FabricGraph& graph, const CollectiveRequest& request);
std::vector<Phase> direct(const FabricGraph& graph, const CollectiveRequest& request);
std::vector<Phase> forwarded(const FabricGraph& graph, const CollectiveRequest& request);

}  // namespace millwright
