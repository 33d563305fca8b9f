// Made-up tables of serving runs, a cell a name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "millwright/evidence/cells.h"
#include "millwright/evidence/columns.h"

namespace millwright::serving_tests {

using Cell = std::map<std::string, std::string>;

/// A whole row, with these cells in place of its own.
Cell row_with(const Cell& cells);

/// A table of one row; a fault of it is a bug of the test.
CsvTable table_of(const Cell& cells, Columns columns = columns_of(TableKind::serving));

}  // namespace millwright::serving_tests
