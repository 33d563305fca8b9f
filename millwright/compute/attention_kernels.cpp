#include "millwright/compute/attention_kernels.h"

#include <algorithm>
#include <cmath>

#include "millwright/compute/roof.h"

namespace millwright {
namespace {

constexpr double block = 128;           // queries that one processor works on at a time
constexpr double backward_work = 2.5;   // five products for the forward pass's two
constexpr double backward_traffic = 3;  // queries, keys, values and their gradients
constexpr double bf16_bytes = 2;
constexpr double narrow_width = 64, wide_width = 192;
// work spread evenly and the longest block bound the time from below; the join lies above both
constexpr double critical_path_exponent = 4;

double square(double x) { return x * x; }

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

}  // namespace

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

}  // namespace millwright
