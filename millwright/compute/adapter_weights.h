// Weights of adapters of low rank (millwright/parts/low_rank.h), and of what they stand beside.
//
// An adapter of rank r beside a matrix of `in` columns and `out` rows has r (in + out) weights
// (LoRA, Hu 2021, section 4.1). Matrices that run as one product (query, key and value) have one
// each.
#pragma once

#include <string>

#include "millwright/compute/operations.h"
#include "millwright/parts/low_rank.h"

namespace millwright {

/// Whether an adapter stands beside the operation. Routers and heads have none, nor has a product
/// that runs once for each head (latents taken up by queries).
bool adapted(const LowRank& low_rank, const Operation& op);

/// In numbers, on the rank that the operation is of.
double adapter_weights(const LowRank& low_rank, const Operation& op);
/// In numbers: weights of the operation that are kept in NF4.
double packed_weights(const LowRank& low_rank, const Operation& op);
/// One matrix, or those of all experts, unpacked to BF16; zero where nothing is packed.
Bytes unpacked_bytes(const LowRank& low_rank, const Operation& op);

/// Weights of all adapters, those beside multi-token prediction included.
double adapter_parameters(const Model& model, const LowRank& low_rank);
/// Of these, what a token meets: of routed experts those that it picks.
double active_adapter_parameters(const Model& model, const LowRank& low_rank);
/// Weights that have gradients and states: adapters, or all of the model's where there are none.
double trainable_parameters(const Model& model, const LowRank& low_rank);

/// "LoRA, rank 16", and what is not usual of it: ", on attention", ", beside weights in nf4". Empty
/// where there are no adapters.
std::string low_rank_text(const LowRank& low_rank);

}  // namespace millwright
