// All-to-all algorithms of the shelf (millwright/collective/algorithms.h).
#pragma once

#include "millwright/collective/algorithms.h"

namespace millwright {

/// Members of a team by scale-up domain.
struct Rails {
    std::uint32_t inner = 1, domains = 1;
};

/// How a team lies on rails: `inner` members in each of `domains`; one a domain where domains would
/// hold unlike numbers of them.
Rails rails_of(const FabricGraph& graph, const CollectiveRequest& request);

/// The i-th member of a path from `first` through all of a domain: every way between two of an even
/// number of members is in one of the paths, so that those of a mesh carry alike.
std::uint32_t on_path(std::uint32_t members, std::uint32_t first, std::uint32_t i);

/// Turns of one send each: to the member d further in turn d. A phase for each of n - 1 turns.
std::vector<Phase> pairwise(const FabricGraph& graph, const CollectiveRequest& request);
/// All sends at once, n (n - 1) of a group: links are as full as they get.
std::vector<Phase> direct(const FabricGraph& graph, const CollectiveRequest& request);
/// Inside first, to the member that is like the receiver, then across on its rail: between domains
/// there are fewer and larger messages, one for each receiver and domain of senders.
std::vector<Phase> forwarded(const FabricGraph& graph, const CollectiveRequest& request);

}  // namespace millwright
