// Multi-latent attention (DeepSeek-V2): what its plain and its sparse form have in common.
#pragma once

#include "millwright/compute/operation_parts.h"

namespace millwright {

/// Down projection to the latents of query and keys, and their norms.
void add_latents(const Model& m, const Mixer& a, const Shard& s, std::vector<Operation>& ops);
/// Queries of a rank's heads, from their latent or the hidden state.
void add_latent_query(const Model& m, const Mixer& a, const Shard& s, std::vector<Operation>& ops);
double latent_weights(const Model& m, const Mixer& a);

}  // namespace millwright
