// A bound that no collective beats, whatever its algorithm.
#pragma once

#include "millwright/collective/phases.h"

namespace millwright {

/// What nested groups must send or take in, or the way to the farthest domain if that is longer.
Seconds least_time(const FabricGraph& graph, const Team& team, Collective collective, Bytes size);

}  // namespace millwright
