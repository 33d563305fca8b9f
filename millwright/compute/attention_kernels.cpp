// Bounds that hold at once (products and exponentials, all work and the longest way of one
// processor, compute and traffic) are joined by a power: the larger where they differ, more where
// they are alike. A causal mask costs half a block of keys a query beyond its own pairs. Caches
// that several processors share start later, by the kernel's `split`.
#include "millwright/compute/attention_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "millwright/compute/roof.h"

namespace millwright {
namespace {

constexpr double query_block = 128;     // queries that one processor works on at a time
constexpr double backward_work = 2.5;   // five products for the forward pass's two
constexpr double backward_traffic = 3;  // queries, keys, values and their gradients
constexpr double wide_width = 192;
// Joins of two bounds that hold at once: the larger where they differ, more where they are alike.
// Of values from 1 to 3 the one that carries best from chip to chip (docs/accuracy.md).
constexpr double softmax_exponent = 1.5;
constexpr double critical_path_exponent = 3;
constexpr double traffic_exponent = 2;
constexpr double cache_exponent = 2;  // of blocks with reads

// over a cache
constexpr double packed_heads = 16;   // rows of the smallest tensor instruction: heads of a group
constexpr double latent_rows = 64;    // of kernels that keep a latent's outputs in registers
constexpr double further_tile = 0.3;  // of a block's time, for each further tile of heads
constexpr double ramp_slope = 0.45;   // of the time at full bandwidth, until the ramp is through
constexpr double product_exponent = 4;

bool is_windowed(const Attention& a) { return a.causal && a.window > 0 && a.window < a.keys; }

/// Pairs of a query and a key that the mask leaves, for one head, within `window` keys.
/// The sum over positions i of min(i, window): keys x window - window^2 / 2.
double causal_pairs(const Attention& a, double window) {
    const double share = a.queries / a.keys;  // of a sequence spread over ranks
    return share * (a.keys * window - square(window) / 2);
}

double pairs(const Attention& a) {
    if (!a.causal) return a.queries * a.keys;
    return causal_pairs(a, is_windowed(a) ? a.window : a.keys);
}

/// Pairs that blocks do: half a block of keys a query is wasted on the diagonal, as much again at
/// the far edge of a window.
double pairs_done(const Attention& a) {
    if (!a.causal) return a.queries * a.keys;
    const double whole = causal_pairs(a, a.keys) + a.queries * query_block / 2;
    if (!is_windowed(a)) return whole;
    return std::min(whole, causal_pairs(a, a.window) + a.queries * query_block);
}

/// Seconds of one processor for a pair of a query and a key: the products, and the exponential
/// that they partly hide.
double pair_seconds(const ChipRates& chip, const AttentionKernel& kernel, const Attention& a,
                    bool backward) {
    const double work = 2 * (a.qk_width + a.v_width) * (backward ? backward_work : 1);
    const double share = kernel.peak_share * (backward ? kernel.backward : 1) *
                         (a.qk_width >= wide_width ? kernel.wide : 1) * (a.fp8 ? kernel.fp8 : 1);
    const double products = work / (chip.rate(Precision::bf16).si() * share);
    const double rate = chip.exponentials.si();
    const double softmax = rate > 0 && a.v_width > 0 ? 1 / rate : 0;
    return join(products, softmax, softmax_exponent) * chip.processors / chip.sustained;
}

double read_seconds(const ChipRates& chip, double bytes) {
    return bytes / (chip.memory_bandwidth.si() * chip.memory_share);
}

/// Values of queries, keys and values, as the core reads them.
double input_values(const Attention& a) {
    return a.batch *
           (a.queries * a.heads * a.qk_width + a.keys * a.kv_heads * (a.qk_width + a.v_width));
}

const DecodeKernel& decode_kernel(const ChipRates& chip, const CacheAttention& a) {
    const bool fp8 = a.cache_bytes < bf16_bytes;
    const DecodeKernel& own = a.latent ? (fp8 ? chip.latent_decode_fp8 : chip.latent_decode)
                                       : (fp8 ? chip.decode_fp8 : chip.decode);
    if (own.memory_share > 0) return own;
    return a.latent ? chip.latent_decode : chip.decode;
}

/// Keys that the new token meets.
double keys_met(const CacheAttention& a) {
    return a.window > 0 ? std::min(a.window, a.keys) : a.keys;
}

/// Groups of query heads that read one cache each, of all sequences.
double caches(const CacheAttention& a) { return a.batch * (a.latent ? 1 : a.kv_heads); }
double heads_of_cache(const CacheAttention& a) { return a.heads / (a.latent ? 1 : a.kv_heads); }

/// Products of packed query heads, at the rate of the cache's format where the chip has it. Caches
/// that are cut into few parts leave processors idle.
double product_seconds(const ChipRates& chip, const DecodeKernel& kernel, const CacheAttention& a) {
    const double tile = a.latent ? latent_rows : packed_heads;
    const double rows = std::ceil(heads_of_cache(a) / tile) * tile;
    const double flops = 2 * caches(a) * rows * keys_met(a) * (a.qk_width + a.v_width);
    const double fp8 = chip.rate(Precision::fp8).si();
    const double rate =
        a.cache_bytes < bf16_bytes && fp8 > 0 ? fp8 : chip.rate(Precision::bf16).si();
    const double parts = kernel.parts > 0 ? kernel.parts : chip.processors;
    const double busy = std::min(1.0, caches(a) * parts / chip.processors);
    return flops / (rate * kernel.peak_share * chip.sustained * busy);
}

}  // namespace

Flops attention_flops(const Attention& a) {
    return 2 * a.batch * a.heads * pairs(a) * (a.qk_width + a.v_width) * unit::flop;
}

Seconds attention_time(const ChipRates& chip, const AttentionKernel& kernel, const Attention& a,
                       bool backward) {
    const double pair = pair_seconds(chip, kernel, a, backward);
    const double start = (backward ? kernel.backward_block : kernel.block).si();
    const double blocks = std::ceil(a.queries / query_block) * start;
    const double work = a.batch * a.heads * (pairs_done(a) * pair + blocks) / chip.processors;
    const double keys = is_windowed(a) ? std::min(a.keys, a.window + query_block) : a.keys;
    const double longest = query_block * keys * pair + start;
    const double compute = join(work, longest, critical_path_exponent);
    const double outputs = a.batch * a.queries * a.heads * a.v_width;
    const double moved =
        (input_values(a) + outputs) * bf16_bytes * (backward ? backward_traffic : 1);
    return chip.launch +
           Seconds::from_si(join(compute, read_seconds(chip, moved), traffic_exponent));
}

// Queries, keys and values are turned in place, or into the cache: read and written. Of
// multi-latent attention that is the latent; heads made from it are cast for FP8 products.
Seconds prefill_attention_time(const ChipRates& chip, const Attention& a) {
    const double inputs = input_values(a);
    double moved = 2 * bf16_bytes * inputs;
    if (a.latent > 0) {
        moved = 2 * bf16_bytes * a.batch * a.queries * a.latent;
        if (a.fp8) moved += (bf16_bytes + fp8_bytes) * inputs;
    }
    const bool own = chip.prefill.peak_share > 0;
    const AttentionKernel& kernel = own ? chip.prefill : chip.attention;
    return kernel.start + Seconds::from_si(read_seconds(chip, moved)) +
           attention_time(chip, kernel, a, false);
}

Bytes moved_bytes(const CacheAttention& a) {
    const double width = a.latent ? a.qk_width : a.qk_width + a.v_width;
    const double cache = caches(a) * keys_met(a) * width * a.cache_bytes;
    const double ends = a.batch * a.heads * (a.qk_width + a.v_width) * bf16_bytes;
    return (cache + ends) * unit::B;
}

Seconds decode_attention_time(const ChipRates& chip, const CacheAttention& a) {
    const DecodeKernel& kernel = decode_kernel(chip, a);
    if (kernel.memory_share <= 0) {
        return Seconds::from_si(std::numeric_limits<double>::infinity());
    }
    const double at_peak = (moved_bytes(a) / chip.memory_bandwidth).si();
    const double reads =
        at_peak / kernel.memory_share + std::min(ramp_slope * at_peak, kernel.ramp.si());
    const double work = join(reads, product_seconds(chip, kernel, a), product_exponent);
    const double heads = heads_of_cache(a);
    const bool alone = heads <= 1 && kernel.single > Seconds{};
    const double tiles = std::ceil(heads / packed_heads);
    const double each =
        alone ? kernel.single.si() : kernel.block.si() * (1 + further_tile * (tiles - 1));
    const double blocks = caches(a) * each / chip.processors;
    Seconds start = kernel.start;
    // also where caches are as many as processors: kernels decide by the keys
    if (kernel.parts != 1 && keys_met(a) > longest_whole_cache) start += kernel.split;
    return start + Seconds::from_si(join(blocks, work, cache_exponent));
}

}  // namespace millwright
