// Rows of a table that are not used, in words.
#pragma once

#include <string>

#include "millwright/evidence/validation.h"

namespace millwright::app {

/// A line for each of the most frequent reasons, with its number of rows.
std::string skipped_text(const SkipReasons& reasons);

}  // namespace millwright::app
