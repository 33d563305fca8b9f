// Training of adapters beside frozen weights: what that changes in an operation.
//
// Beside each adapted matrix, x [m,k] to y [m,n], stand two narrow ones of rank r (LoRA, Hu 2021,
// section 4.1): z [m,r] of x, and of z what is added to y. They are products like others, in BF16,
// so that a rank too low to fill tiles costs what it costs; y and the gradient of x are added to in
// place, read and written. Of the frozen matrix there is no weight gradient. Matrices that run as
// one product (query, key and value) have an adapter each. Dropout is none.
#pragma once

#include "millwright/compute/adapter_weights.h"
#include "millwright/train/context.h"

namespace millwright {

/// One operation on a rank, for one micro-batch.
struct OperationWork {
    Seconds forward, input_gradient, weight_gradient;
    Bytes input;  // kept for the backward pass: what the operation says, if it is needed
    Bytes inner;  // kept beside it: z of its adapters
};

/// With the weights frozen. An input that only a frozen weight's gradient would read is not kept.
/// Weights in NF4 are unpacked to BF16 before each use, there and back.
OperationWork frozen_work(const TrainContext& context, const ChipRates& chip, const Operation& op);

/// FLOPs of a token that count as useful in MFU: six for each weight it meets, and the attention
/// core's; where weights are frozen four (forward, and the gradient of the input) and six for each
/// of the adapters' that it meets.
Flops useful_flops_per_token(const TrainContext& context);

/// Compute of a backward pass over that of a forward one, where the two are not kept apart: weights
/// that are frozen have half the work.
inline double backward_over_forward(const LowRank& low_rank) { return low_rank.any() ? 1 : 2; }

}  // namespace millwright
