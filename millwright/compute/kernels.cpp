// A processor has 1/P of the chip's rate, so a column of k of a tile takes it
//
//     step = 2 bm bn P / (rate share)
//
// and the tiles of a product, spread over P processors, take waves (k + k0) step. A tile loads
// k (bm + bn) elements for 2 k bm bn FLOPs: its bytes a FLOP go with 1/bm + 1/bn, which is what
// `tile_traffic` weighs. What is searched are eight tiles times four splits at most, so a time is
// a few dozen operations.
#include "millwright/compute/kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace millwright {
namespace {

struct Tile {
    double rows, columns;
};

/// Tiles that vendor libraries choose from; the largest is a pair of processors' work.
constexpr std::array tiles{Tile{256, 256}, Tile{256, 128}, Tile{128, 256}, Tile{128, 128},
                           Tile{128, 64},  Tile{64, 256},  Tile{64, 128},  Tile{64, 64}};
constexpr std::array splits{1.0, 2.0, 4.0, 8.0};

constexpr double fp32_bytes = 4;
constexpr double block = 128;           // queries that one processor works on at a time
constexpr double backward_work = 2.5;   // five products for the forward pass's two
constexpr double backward_traffic = 3;  // queries, keys, values and their gradients
constexpr double bf16_bytes = 2;
constexpr double narrow_width = 64, wide_width = 192;
// work spread evenly and the longest block bound the time from below; the join lies above both
constexpr double critical_path_exponent = 4;

double square(double x) { return x * x; }

/// The next whole number, as std::ceil, which is a call where the processor has no instruction for
/// it; doubles beyond 2^52 are whole.
double whole(double x) {
    if (!(x < 4503599627370496.0)) return x;
    const auto below = static_cast<double>(static_cast<std::int64_t>(x));
    return below < x ? below + 1 : below;
}

/// Waves of `count` tiles over the processors: whole ones, or smoothed where kernels persist.
double waves(const ChipRates& chip, double rounding, double count) {
    const double share = count / chip.processors;
    return std::max(1.0, (1 - rounding) * share + rounding * whole(share));
}

/// Seconds of compute of the fastest tiling, at burst clock.
double compute_seconds(const ChipRates& chip, const Product& p) {
    const GemmKernel& kernel = chip.kernel(p.precision);
    const double rate = chip.rate(p.precision).si() * (p.grouped ? chip.grouped.share : 1.0);
    const double bandwidth = chip.memory_bandwidth.si();
    const double overhead = kernel.depth_overhead + (p.grouped ? chip.grouped.depth_overhead : 0.0);
    double best = std::numeric_limits<double>::infinity();
    // the likelier end first, so that the bound below passes over the others
    const bool small =
        p.count * p.m * p.n < chip.processors * tiles.front().rows * tiles.front().columns;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const Tile& tile = tiles[small ? tiles.size() - 1 - i : i];
        const double load = kernel.tile_traffic * (1 / tile.rows + 1 / tile.columns);
        const double share = kernel.peak_share / (1 + square(load));
        const double step = 2 * tile.rows * tile.columns * chip.processors / (rate * share);
        const double count = p.count * whole(p.m / tile.rows) * whole(p.n / tile.columns);
        // neither rounding of waves nor a split beats work spread evenly over all processors, and
        // none of the parts of a split is done before its start
        const double even = count / chip.processors * (p.k + overhead);
        if (std::max(even, p.k / splits.back() + overhead) * step >= best) continue;
        for (const double split : splits) {
            double time =
                waves(chip, kernel.rounding, count * split) * (p.k / split + overhead) * step;
            if (split > 1) {
                const double partial = p.count * p.m * p.n * fp32_bytes * split / 2;
                time += kernel.split.si() + partial / bandwidth;
            }
            best = std::min(best, time);
            // splitting helps only where tiles leave processors idle
            if (count >= chip.processors) break;
        }
    }
    return best;
}

/// The p-norm of two times: their larger one where they differ, more where they are alike. A knee
/// of infinity would be the roofline.
double join(double a, double b, double knee) {
    const double large = std::max(a, b);
    const double small = std::min(a, b);
    if (large <= 0) return 0;
    return large * std::pow(1 + std::pow(small / large, knee), 1 / knee);
}

/// Pairs of a query and a key that the mask leaves, for one head.
/// The sum over positions i of min(i, window): keys x window - window^2 / 2.
double pairs(const Attention& a) {
    if (!a.causal) return a.queries * a.keys;
    const double window = a.window > 0 ? std::min(a.window, a.keys) : a.keys;
    const double share = a.queries / a.keys;  // of a sequence spread over ranks
    return share * (a.keys * window - square(window) / 2);
}

/// Widths between the two measured ones count as 128.
double width_factor(const AttentionKernel& kernel, double width) {
    if (width <= narrow_width) return kernel.narrow;
    return width >= wide_width ? kernel.wide : 1;
}

/// Seconds of compute of a library call a group, as many side by side as there are streams: what
/// processors share are the tiles of these, not of all groups.
double seconds_of_calls(const ChipRates& chip, const Product& p) {
    Product beside = p;
    beside.grouped = false;
    beside.count = std::min(p.count, chip.grouped_calls.streams);
    return p.count / beside.count * compute_seconds(chip, beside);
}

}  // namespace

Product input_gradient(const Product& p) {
    Product other = p;
    other.n = p.k;
    other.k = p.n;
    return other;
}

Product weight_gradient(const Product& p, double gradient) {
    Product other = p;
    other.m = p.n;
    other.n = p.k;
    other.k = p.m;
    other.output_bytes = 2 * gradient;
    return other;
}

Seconds product_time(const ChipRates& chip, const Product& p) {
    const GemmKernel& kernel = chip.kernel(p.precision);
    const bool calls = p.grouped && chip.grouped_calls.streams > 0;
    const double operand = operand_bytes(p.precision);
    const double moved = p.count * ((p.m * p.k + p.n * p.k) * operand + p.m * p.n * p.output_bytes);
    const double memory = moved / (chip.memory_bandwidth.si() * chip.memory_share);
    const double busy = calls ? seconds_of_calls(chip, p) : compute_seconds(chip, p);
    const double compute = busy / (chip.sustained * kernel.sustained);
    const Seconds time = chip.launch + Seconds::from_si(join(compute, memory, kernel.knee));
    // calls that the host is not done with hold the chip up
    return calls ? max(time, p.count * chip.grouped_calls.host) : time;
}

Seconds quantise_time(const ChipRates& chip, Precision precision, double m, double k) {
    const GemmKernel& kernel = chip.kernel(precision);
    const Bytes moved = m * k * kernel.quantise_bytes * unit::B;
    return kernel.quantise + moved / chip.memory_bandwidth;
}

Flops attention_flops(const Attention& a) {
    return 2 * a.batch * a.heads * pairs(a) * (a.qk_width + a.v_width) * unit::flop;
}

Seconds attention_time(const ChipRates& chip, const AttentionKernel& kernel, const Attention& a,
                       bool backward) {
    const double widths = 2 * (a.qk_width + a.v_width) * (backward ? backward_work : 1);
    const double blocks = std::ceil(a.queries / block);
    const double masked = a.causal ? a.queries * block / 2 : 0;  // waste on the diagonal
    const double work =
        a.batch * a.heads * widths * (pairs(a) + masked + blocks * block * kernel.block_overhead);
    const double keys = a.window > 0 ? std::min(a.window, a.keys) : a.keys;
    const double longest = widths * block * (keys + kernel.block_overhead);
    const double rate = chip.rate(Precision::bf16).si() / chip.processors * kernel.peak_share *
                        width_factor(kernel, a.qk_width) * (backward ? kernel.backward : 1) *
                        chip.sustained;
    const double compute = join(work / chip.processors, longest, critical_path_exponent) / rate;
    const double tensors = a.batch * (a.queries * a.heads * (a.qk_width + a.v_width) +
                                      a.keys * a.kv_heads * (a.qk_width + a.v_width));
    const double moved = tensors * bf16_bytes * (backward ? backward_traffic : 1);
    const double memory = moved / (chip.memory_bandwidth.si() * chip.memory_share);
    return chip.launch + Seconds::from_si(join(compute, memory, 2));
}

Seconds memory_time(const ChipRates& chip, Bytes traffic) {
    return chip.launch + traffic / (chip.memory_bandwidth * chip.memory_share);
}

}  // namespace millwright
