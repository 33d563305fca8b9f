// The recipe of a table row: framework, layout, precision, recompute and flags as printed.
#pragma once

#include "millwright/evidence/cells.h"
#include "millwright/evidence/training_row.h"

namespace millwright {

/// Number format of the products that a printed precision means.
Precision precision_of(const std::string& printed);

/// Sets plan, assumptions and FLOP convention of the row. The model and the chips are known.
/// `framework`, if not empty, is taken in place of the one that the row's source means.
void read_recipe(const Cells& cells, const Catalog& catalog, TrainingRow& row,
                 const std::string& framework = "");

}  // namespace millwright
