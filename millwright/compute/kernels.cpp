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
constexpr std::array splits{1.0, 2.0, 4.0, 8.0};

constexpr double fp32_bytes = 4;

double square(double x) { return x * x; }

/// Waves of `count` tiles over the processors: whole ones, or smoothed where kernels persist.
double waves(const ChipRates& chip, double rounding, double count) {
    const double share = count / chip.processors;
    return std::max(1.0, (1 - rounding) * share + rounding * std::ceil(share));
}

/// Seconds of compute of the fastest tiling, at burst clock.
double compute_seconds(const ChipRates& chip, const Product& p) {
    const GemmKernel& kernel = chip.kernel(p.precision);
    const double rate = chip.rate(p.precision).si() * (p.grouped ? chip.grouped.share : 1.0);
    const double bandwidth = chip.memory_bandwidth.si();
    const double overhead = kernel.depth_overhead + (p.grouped ? chip.grouped.depth_overhead : 0.0);
    double best = std::numeric_limits<double>::infinity();
    for (const Tile& tile : tiles) {
        const double load = kernel.tile_traffic * (1 / tile.rows + 1 / tile.columns);
        const double share = kernel.peak_share / (1 + square(load));
        const double step = 2 * tile.rows * tile.columns * chip.processors / (rate * share);
        const double count = p.count * std::ceil(p.m / tile.rows) * std::ceil(p.n / tile.columns);
        // Waves are never fewer than count / P, so that time is a bound from below of any rounding.
        // no split beats work spread evenly over all processors
        if (count / chip.processors * (p.k + overhead) * step >= best && count >= chip.processors) {
            continue;
        }
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

}  // namespace

Seconds product_time(const ChipRates& chip, const Product& p) {
    const GemmKernel& kernel = chip.kernel(p.precision);
    const double operand = operand_bytes(p.precision);
    const double moved = p.count * ((p.m * p.k + p.n * p.k) * operand + p.m * p.n * p.output_bytes);
    const double memory = moved / (chip.memory_bandwidth.si() * chip.memory_share);
    const double compute = compute_seconds(chip, p) / (chip.sustained * kernel.sustained);
    return chip.launch + Seconds::from_si(join(compute, memory, kernel.knee));
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
