// The band that a prediction carries, by what is predicted and how near its chip is to measured
// ones.
#pragma once

#include "millwright/catalog/catalog.h"

namespace millwright {

/// How near a chip is to what was measured: its kernels, those of a sister of its generation, or
/// those of another maker's chip.
enum class Nearness { measured, sister, foreign };

/// By the chip's generation: a family that is like another is foreign; a chip is the measured one
/// if rate and processors are its. The catalog must have the family and the chip that it names.
Nearness nearness_of(const Catalog& catalog, const Chip& chip);

/// Factors on a predicted time, size or the like between which four in five measurements lie.
struct Interval {
    double low = 1, high = 1;
};

/// `kind` is time, memory, kernels or collectives; `detail` a framework or kind of operation. The
/// band named kind-detail, or kind-other where none is, widened for sister and foreign chips.
/// Of memory there is no widening. Throws if the catalog lacks kind-other, or a band that widens.
Interval interval_of(const Catalog& catalog, const std::string& kind, const std::string& detail,
                     const Chip& chip);

/// The same interval for a rate, such as tokens a second.
Interval inverse(const Interval& interval);

}  // namespace millwright
