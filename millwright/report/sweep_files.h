// Files of an answer of `sweep`.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "millwright/api/sweep.h"

namespace millwright {

/// Name and text of each: the answer as a table, as JSON and as a page. The table has the paths'
/// values in SI units where they are numbers, each unit in the column's name, then what rows of the
/// JSON have; empty cells where there is nothing.
std::vector<std::pair<std::string, std::string>> sweep_files(const SweepAnswer& answer);
std::vector<std::string> sweep_file_names();

}  // namespace millwright
