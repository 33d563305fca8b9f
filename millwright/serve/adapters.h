// Products of low-rank adapters (LoRA, Hu 2021) that a served model has by the dozen.
//
// Sequences of one step may have adapters of their own: kernels that gather them (Punica, Chen
// 2023; S-LoRA, Sheng 2023) do one product down to the rank and one up from it for each product
// that is adapted, of all adapters that the step meets.
#pragma once

#include <vector>

#include "millwright/compute/kernels.h"
#include "millwright/serve/replica.h"

namespace millwright {

/// Products of one chip that adapters of one layer take for so many new tokens: two for each of the
/// layer's projections and, in a layer without experts, of its MLP. None without adapters.
/// Tokens choose adapters by chance, all as likely, so that few tokens meet few of them.
std::vector<Product> adapter_products(const Replica& replica, const Layer& layer, double tokens);

/// Of all adapters, on one chip, in BF16.
Bytes adapter_bytes(const Replica& replica);

}  // namespace millwright
