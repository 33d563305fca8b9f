// Columns of every kind of table of measurements: what is read, what is known and without effect,
// and what a cell may be. docs/reference/tables.md tells the same.
#pragma once

#include "millwright/base/cells.h"
#include "millwright/evidence/validation.h"

namespace millwright {

/// The columns of a kind, in no order that matters; they live as long as the program.
Columns columns_of(TableKind kind);

}  // namespace millwright
