// The recipe of a table row: framework, layout, precision, recompute and flags as printed.
#pragma once

#include "millwright/evidence/cells.h"
#include "millwright/evidence/training_row.h"

namespace millwright {

/// Sets plan, assumptions, release and FLOP convention of the row. Its model, sequence, chips and
/// network are known; its context is made anew from them. Batches, data ways and recompute that it
/// leaves open are told in its defaults, and so is a layout that had to be searched; `skipped` is
/// set where what is printed cannot be run, or a number in a text is beyond all sense. `framework`,
/// if not empty, is taken in place of the one that the row's source means.
void read_recipe(const Cells& cells, const Catalog& catalog, TrainingRow& row,
                 const std::string& framework = "");

}  // namespace millwright
