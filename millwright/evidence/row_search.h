// A layout for rows that print none: the best of those that a source would have tried.
#pragma once

#include "millwright/evidence/training_row.h"

namespace millwright {

/// Sets the plan of a row whose model, system, assumptions and global batch are known, and which
/// printed no layout: the fastest of those that fit in memory with the fewest context ways (of
/// 8,192 tokens or more), then the fewest pipeline stages, with tensor ways inside a domain and the
/// lightest recompute and sharding. A recompute that the row prints stays. False if nothing fits.
bool search_layout(TrainingRow& row, bool recompute_printed);

}  // namespace millwright
