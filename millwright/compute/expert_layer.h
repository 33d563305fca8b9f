// Routed experts of a layer as serving engines run them: grouped products fused into one kernel.
#pragma once

#include "millwright/compute/kernels.h"
#include "millwright/compute/routing.h"

namespace millwright {

/// Experts of one rank: `tensor` ranks split each, and `load` is what comes to it.
struct ExpertLayer {
    double hidden = 0, inner = 0;  // the whole width of an expert
    double tensor = 1;
    bool gated = true;
    ExpertLoad load;
    double weight_bytes = 0;  // as of a Product
};

/// Two grouped products around an activation, with casts of their inputs in formats of 8 bits and
/// less, and the permutation before and after them. No router, no exchange, no shared expert.
Seconds expert_layer_time(const ChipRates& chip, Precision precision, const ExpertLayer& layer);

}  // namespace millwright
