// Times of attention cores on one chip. Formulas and sources: docs/model.md, "Kernels".
//
// A processor does a pair of a query and a key in the time of its products and of one exponential,
// which partly hide behind each other; a block of 128 queries costs a time of its own. Over a cache
// what counts is the bytes of keys and values, and how they are shared out over processors.
#pragma once

#include "millwright/compute/chip_rates.h"

namespace millwright {

/// Attention core of `batch` sequences: `heads` query and `kv_heads` key heads of the widths
/// given, `queries` of them on `keys` keys, causal or not, within `window` keys (0: all).
/// Only a causal mask has a window. Queries of a causal mask are an even share of the sequence.
/// Without values (`v_width` 0) there is no softmax.
struct Attention {
    double batch = 1, heads = 1, kv_heads = 1;
    double qk_width = 128, v_width = 128;
    double queries = 1, keys = 1;
    double window = 0;
    bool causal = true;
    bool fp8 = false;   // operands of the products; else BF16
    double latent = 0;  // values a token of the latent that keys were made from; 0: none
};

/// Useful FLOPs, forward: two products over the pairs that the mask leaves.
Flops attention_flops(const Attention& attention);

/// `backward` does 2.5 times the FLOPs (FlashAttention-2, Dao 2023), with rate and blocks of its
/// own. Launch included, at the clock under load.
Seconds attention_time(const ChipRates& chip, const AttentionKernel& kernel,
                       const Attention& attention, bool backward);

/// What a serving engine calls attention of whole prompts: rotary embedding and the write of keys
/// and values (or their latent) to the cache, then the core by its own kernels.
Seconds prefill_attention_time(const ChipRates& chip, const Attention& attention);

/// Attention of one new token of each sequence to `keys` of a cache, of which it sees the last
/// `window` (0: all). `latent`: all heads read one latent, whose values are part of its keys
/// (multi-latent attention with absorbed projections).
struct CacheAttention {
    double batch = 1, heads = 1, kv_heads = 1;
    double qk_width = 128, v_width = 128;
    double keys = 1;
    double window = 0;
    double cache_bytes = 2;  // of each value: 2 in BF16, 1 in FP8
    bool latent = false;
};

/// Bytes of the cache that is read, and of queries and outputs.
Bytes moved_bytes(const CacheAttention& attention);

/// Keys of the longest cache that one processor reads; several share longer ones.
inline constexpr double longest_whole_cache = 64;

/// The operation as serving engines time it, at the clock under load. Infinite if the chip has no
/// such kernels.
Seconds decode_attention_time(const ChipRates& chip, const CacheAttention& attention);

}  // namespace millwright
