// The recipe of a table row: framework, layout, precision, recompute and flags as printed.
#pragma once

#include "millwright/evidence/cells.h"
#include "millwright/evidence/training_row.h"

namespace millwright {

/// Number format of the products that a printed precision means: of FP4 and FP8 recipes these,
/// MXFP8 and others with scales a block as `fp8_block`; whatever else is BF16.
Precision precision_of(const std::string& printed);

/// Sets plan, assumptions and FLOP convention of the row. Its model, sequence, precision, chips and
/// network are known; its context is made anew from them. Batches, data ways and recompute that it
/// leaves open are told in its defaults; `skipped` is set where a number in a text is beyond all
/// sense. `framework`, if not empty, is taken in place of the one that the row's source means.
void read_recipe(const Cells& cells, const Catalog& catalog, TrainingRow& row,
                 const std::string& framework = "");

}  // namespace millwright
