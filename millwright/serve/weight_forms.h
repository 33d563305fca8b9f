// How weights are kept, and what products that makes of them on a chip.
#pragma once

#include "millwright/parts/chip.h"
#include "millwright/serve/replica.h"

namespace millwright {

/// Bytes of a weight, scales included.
double bytes_of(WeightForm form);

/// The format of products of such weights on a chip: their own where it has a rate for it, else
/// BF16 on weights that are unpacked. INT4 is always unpacked; MXFP4 meets FP8 on chips with FP4.
Format products_of(WeightForm form, const Chip& chip);

/// Recipe of products; INT8 runs as FP8 does where the chip has both, else on unpacked weights.
WeightFormat format_of(WeightForm form, const Chip& chip);

}  // namespace millwright
