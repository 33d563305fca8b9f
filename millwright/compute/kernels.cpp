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

#include "millwright/compute/roof.h"

namespace millwright {
namespace {

struct Tile {
    double rows, columns;
};

/// Tiles that vendor libraries choose from; the largest is a pair of processors' work.
constexpr std::array tiles{Tile{256, 256}, Tile{256, 128}, Tile{128, 256}, Tile{128, 128},
                           Tile{128, 64},  Tile{64, 256},  Tile{64, 128},  Tile{64, 64}};
constexpr Tile low_tile{16, 128};
constexpr std::array splits{1.0, 2.0, 4.0, 8.0};

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
    const GroupedKernel& group = chip.group(p.precision, p.weight_bytes > 0);
    const double rate = chip.rate(p.precision).si() * (p.grouped ? group.share : 1.0);
    const double bandwidth = chip.memory_bandwidth.si();
    const double overhead =
        std::max(0.0, kernel.depth_overhead + (p.grouped ? group.depth_overhead : 0.0));
    double best = std::numeric_limits<double>::infinity();
    // the likelier end first, so that the bound below passes over the others
    const bool small =
        p.count * p.m * p.n < chip.processors * tiles.front().rows * tiles.front().columns;
    // kernels that unpack weights serve few rows, and have tiles as low as an instruction
    const bool narrow = p.weight_bytes > 0;
    for (std::size_t i = 0; i < tiles.size() + (narrow ? 1 : 0); ++i) {
        const Tile& tile = i == tiles.size() ? low_tile : tiles[small ? tiles.size() - 1 - i : i];
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
    const double weight = p.weight_bytes > 0 ? p.weight_bytes : operand;
    const double moved =
        p.count * (p.m * p.k * operand + p.n * p.k * weight + p.m * p.n * p.output_bytes);
    const double reads =
        p.grouped && !calls ? chip.group(p.precision, p.weight_bytes > 0).memory : 1.0;
    const double memory = moved / (chip.memory_bandwidth.si() * chip.memory_share * reads);
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

Seconds memory_time(const ChipRates& chip, Bytes traffic) {
    return chip.launch + traffic / (chip.memory_bandwidth * chip.memory_share);
}

}  // namespace millwright
