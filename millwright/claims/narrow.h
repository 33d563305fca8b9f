// Steps of `propagate`: comparisons with their slack, and what a value says of its arguments.
#pragma once

#include <vector>

#include "millwright/claims/network.h"

namespace millwright {

/// A comparison as 0 to 1: whether it can be false, whether it can be true.
ClaimExtent compared(const ClaimNode& node, const ClaimExtent& a, const ClaimExtent& b);

/// Narrows the arguments of a node by its value.
void narrow_arguments(const ClaimNode& node, std::vector<ClaimExtent>& extents,
                      const ClaimExtent& value);

}  // namespace millwright
