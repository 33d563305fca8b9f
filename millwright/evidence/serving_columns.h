// Columns of tables of serving runs and of stages under open loads. docs/reference/tables.md tells
// the same.
#pragma once

#include "millwright/base/cells.h"

namespace millwright {

/// What a table of serving runs may hold; the list lives as long as the program.
Columns serving_columns();
/// The same of stages of open-loop runs.
Columns openloop_columns();

}  // namespace millwright
