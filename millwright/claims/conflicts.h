// Smallest sets of statements that cannot be true together.
//
// A set is found by leaving statements out, one after the other, while the rest stays
// contradictory; further ones by leaving out one of each set found (Reiter's hitting-set tree,
// 1987). Statements of the record are left out first, so that a set without them is found where
// there is one.
//
// Constraints bind each other through unknowns, the quantities that nobody states. What somebody
// states and is left out of a set does not bind the rest: whoever doubts a claim does not restore
// it from others.
#pragma once

#include <cstdint>
#include <vector>

#include "millwright/claims/network.h"

namespace millwright {

/// Statements, by their places and in order, that contradict each other by the constraints: leave
/// one out, and the rest is not found contradictory any more. `constraints` are as few as show it.
struct ClaimConflict {
    std::vector<int> statements;
    std::vector<int> constraints;
};

/// `complete` is false where the search was ended by its limit before all sets were found.
struct ConflictSearch {
    std::vector<ClaimConflict> conflicts;
    bool complete = true;
};

/// Branches of the tree of a part of the network, and nodes looked at in all of it.
inline constexpr std::size_t most_conflict_branches = 400;
inline constexpr std::int64_t most_conflict_visits = 60'000'000;

/// Whether the constraints, by their places, leave nothing where these statements are true as first
/// read and all others may be anything. Sound, not complete (propagate.h). More statements are
/// never found the less contradictory.
bool contradictory(const ClaimNetwork& network, const std::vector<int>& statements,
                   const std::vector<int>& constraints);

/// Conflicts of the network by those constraints alone, small sets first, then in order of their
/// statements. A set without statements says that constraints contradict each other whatever is
/// stated; they are left out of the search of all others. The same for any order of work.
ConflictSearch find_conflicts(const ClaimNetwork& network, const std::vector<int>& constraints);

}  // namespace millwright
