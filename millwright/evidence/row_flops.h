// How a source counts FLOPs: by its words, or by two prints of one run.
#pragma once

#include "millwright/evidence/training_row.h"

namespace millwright {

/// FLOPs that a source counts for a token. The model's own count has causal attention, half of all
/// pairs; what attention adds to a model without it is counted once more where a source takes all
/// pairs. A forward pass made again is a third of forward and backward.
double flops_per_token(const TrainingRow& row, FlopConvention convention);

/// Where the table has the time or tokens of the same run beside its FLOP/s or MFU, the two say how
/// many FLOPs a token was counted with: the convention nearest to that is the row's, whatever its
/// words say. Nothing where no convention is within a few per cent.
void use_pair(const CsvTable& table, std::size_t index, TrainingRow& row);

}  // namespace millwright
