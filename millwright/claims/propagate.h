// What constraints leave of intervals: each node's interval is narrowed by its arguments and by
// what it is an argument of, until nothing changes.
//
// What is narrowed away cannot be (sound); what stays need not be (not complete): a network found
// empty is contradictory, one that is not may still be. After "HC4" (Benhamou and others, ICLP
// 1999).
#pragma once

#include <cstdint>
#include <vector>

#include "millwright/claims/network.h"

namespace millwright {

/// For each statement the reading that is taken, or `left_out`: it may be anything then.
using ReadingChoice = std::vector<int>;
inline constexpr int left_out = -1;

/// Intervals of all nodes before anything is narrowed: leaves have those of the chosen readings.
std::vector<ClaimExtent> leaf_extents(const ClaimNetwork& network, const ReadingChoice& choice);

/// The interval of a node's value by its arguments. Of a node that is true or false, from 0 (can be
/// false) to 1 (can be true).
ClaimExtent evaluated(const ClaimNode& node, const std::vector<ClaimExtent>& extents);

/// Evaluates the nodes, which are in order, into `extents`.
void evaluate(const ClaimNetwork& network, const std::vector<int>& nodes,
              std::vector<ClaimExtent>& extents);

/// Narrows with the roots true; false where something is left without a value. `nodes` are in
/// order and hold all that the roots rest on. Counts nodes that it looked at.
bool propagate(const ClaimNetwork& network, const std::vector<int>& nodes,
               const std::vector<int>& roots, std::vector<ClaimExtent>& extents,
               std::int64_t& visits);

}  // namespace millwright
