// Times of recurrences in chunks of tokens on one chip.
#pragma once

#include "millwright/compute/chip_rates.h"

namespace millwright {

/// Work of a chunked recurrence over whole sequences; `chunks` of one sequence follow each other,
/// heads and sequences run side by side. Without FLOPs it is nothing and takes no time.
struct Recurrence {
    double flops = 0;
    double chunks = 0;
};

/// All kernels of a layer's core; the backward pass does 2.5 times the work, as it makes the states
/// of chunks again. Chips without measured kernels run at the share of plain products.
Seconds recurrence_time(const ChipRates& chip, const Recurrence& recurrence, bool backward);

}  // namespace millwright
