// What one chip's kernels do per second: datasheet rates times measured efficiency curves.
#pragma once

#include <array>

#include "base/curve.h"
#include "base/quantity.h"
#include "parts/precision.h"

namespace millwright {

struct GemmEfficiency {
    Curve rows, columns, depth;
};

inline constexpr std::size_t precision_count = 4;

/// A chip resolved for the kernel model: plain numbers and curves, nothing optional. A recipe
/// whose format the chip lacks has rate zero.
struct ChipRates {
    std::array<FlopRate, precision_count> dense;       // by Precision
    std::array<GemmEfficiency, precision_count> gemm;  // by Precision
    Bandwidth memory_bandwidth;
    Bytes memory_capacity;
    Seconds launch;
    double sustained = 1;
    Curve grouped, attention, memory;
    double attention_backward = 1;

    FlopRate rate(Precision precision) const { return dense[static_cast<std::size_t>(precision)]; }
};

/// Matrix product of `count` independent [m,k] x [k,n]: roofline of compute at the measured
/// efficiency and of operand traffic, plus the launch of one kernel.
Seconds gemm_time(const ChipRates& chip, Precision precision, double m, double n, double k,
                  double count = 1);

/// Grouped product (experts): as `gemm_time` with `count` groups in one kernel.
Seconds grouped_gemm_time(const ChipRates& chip, Precision precision, double m, double n, double k,
                          double count);

/// Attention core doing `flops` on sequences of `length` keys, moving `traffic` bytes.
Seconds attention_time(const ChipRates& chip, Flops flops, double length, Bytes traffic,
                       bool backward);

/// A kernel bound by memory that moves `traffic` bytes.
Seconds memory_time(const ChipRates& chip, Bytes traffic);

}  // namespace millwright
