// The layout that a table row prints: ways, batches, sharding.
#pragma once

#include "millwright/evidence/cells.h"
#include "millwright/evidence/training_row.h"

namespace millwright {

/// Whether a row says how it was laid out on its chips; one chip has only one layout.
bool has_layout(const Cells& cells, const Word& said, double chips);

/// A number inside a text; the row is skipped where nothing of the kind can be so large.
double printed_number(const std::string& digits, const char* column, TrainingRow& row);

/// The plan as printed, its recompute apart. Ranks of one replica are tensor x pipeline x context
/// (experts split data ranks), and chips over these are the data ways: a printed `dp` is believed
/// only where it agrees with that. What is filled in is told; what cannot be run is why the row is
/// skipped.
void read_layout(const Cells& cells, const Framework& framework, const Word& said,
                 TrainingRow& row);

/// The global batch alone, for rows whose other ways are searched.
void read_batch(const Cells& cells, TrainingRow& row);

}  // namespace millwright
