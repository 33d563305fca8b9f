// What one chip's kernels do per second: datasheet rates times what measured kernels reach.
#pragma once

#include <array>

#include "millwright/base/quantity.h"
#include "millwright/parts/efficiency.h"
#include "millwright/parts/precision.h"

namespace millwright {

/// As many as Precision has.
inline constexpr std::size_t precision_count = 4;

/// How grouped products run: without streams in one fused kernel (serving engines, DeepGEMM), else
/// as a library call a group, so many side by side, each with some time of the host (Transformer
/// Engine).
struct GroupedCalls {
    double streams = 0;
    Seconds host;
};

/// A chip resolved for the kernel model: plain numbers, nothing optional. A recipe whose format
/// the chip lacks has rate zero.
struct ChipRates {
    std::array<FlopRate, precision_count> dense;  // by Precision
    // by Precision; a peak share of zero: the chip has no such kernels
    std::array<GemmKernel, precision_count> gemm;
    double processors = 1;  // what tiles are spread over
    Bandwidth memory_bandwidth;
    double memory_share = 1;  // that long kernels reach
    Bytes memory_capacity;
    Bytes memory_reported;  // what programs find there
    Seconds launch;
    bool dependent_launch = false;  // a kernel may begin behind the one before
    double sustained = 1;           // clock under load over the clock that kernels were measured at
    // clock in a burst over that of the measured chip, by their power limits; above one where the
    // measured chip was held back more
    double power_limited = 1;
    std::array<GroupedKernel, precision_count> grouped;  // by Precision
    GroupedKernel grouped_weights;                       // where weights alone are narrow
    GroupedCalls grouped_calls;
    FlopRate exponentials;  // of all processors; zero: softmax is not counted
    AttentionKernel attention, flash_attention_2, flash_attention_1, prefill;
    DecodeKernel decode, decode_fp8, latent_decode, latent_decode_fp8;
    RecurrentKernel delta;

    FlopRate rate(Precision precision) const { return dense[static_cast<std::size_t>(precision)]; }
    const GroupedKernel& group(Precision precision, bool weights_alone) const {
        return weights_alone ? grouped_weights : grouped[static_cast<std::size_t>(precision)];
    }
    const GemmKernel& kernel(Precision precision) const {
        return gemm[static_cast<std::size_t>(precision)];
    }
};

/// The chip as kernels are timed in bursts: only what power limits take or leave is left.
/// For rows of measured kernels that ran in bursts.
inline ChipRates at_burst_clock(ChipRates chip) {
    chip.sustained = chip.power_limited;
    for (GemmKernel& kernel : chip.gemm) kernel.sustained = 1;
    return chip;
}

}  // namespace millwright
