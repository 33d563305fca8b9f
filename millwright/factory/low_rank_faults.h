// What is wrong with adapters that were asked for (millwright/parts/low_rank.h).
#pragma once

#include "millwright/base/result.h"
#include "millwright/parts/low_rank.h"
#include "millwright/parts/model.h"
#include "millwright/parts/precision.h"

namespace millwright {

/// Where targets and the form of frozen weights were written, for the faults.
struct LowRankPlaces {
    Place targets, base;
};

/// Targets of which the model has none, so that nothing would be trained, and frozen weights in NF4
/// under a recipe whose products are not of BF16; nothing if adapters are sound, or there are none.
Faults low_rank_faults(const Model& model, Precision precision, const LowRank& low_rank,
                       const LowRankPlaces& at);

}  // namespace millwright
