// An answer of `data-loop` in words and tables.
#pragma once

#include <string>

#include "millwright/api/data_loop.h"

namespace millwright {

/// The answer in a sentence, then stages with times, lines and loads, cost, compute and data.
std::string data_loop_text(const DataLoopAnswer& answer);

}  // namespace millwright
