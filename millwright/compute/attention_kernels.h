// Times of attention cores on one chip. Formulas and sources: docs/model.md, "Kernels".
#pragma once

#include "millwright/compute/chip_rates.h"

namespace millwright {

/// Attention core of `batch` sequences: `heads` query and `kv_heads` key heads of the widths
/// given, `queries` of them on `keys` keys, causal or not, within `window` keys (0: all).
/// Only a causal mask has a window. Queries of a causal mask are an even share of the sequence.
struct Attention {
    double batch = 1, heads = 1, kv_heads = 1;
    double qk_width = 128, v_width = 128;
    double queries = 1, keys = 1;
    double window = 0;
    bool causal = true;
};

/// Useful FLOPs, forward: two products over the pairs that the mask leaves.
Flops attention_flops(const Attention& attention);

/// `backward` does 2.5 times the FLOPs (FlashAttention-2, Dao 2023) at its own share.
/// Launch included, at BF16 rates whatever the recipe.
Seconds attention_time(const ChipRates& chip, const AttentionKernel& kernel,
                       const Attention& attention, bool backward);

}  // namespace millwright
