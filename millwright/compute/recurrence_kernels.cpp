#include "millwright/compute/recurrence_kernels.h"

#include "millwright/compute/roof.h"

namespace millwright {
namespace {

// gradients of both operands of each product, and the forward pass up to the states once more
constexpr double recurrent_backward = 2.5;
// work spread over processors and the walk along one sequence bound the time from below
constexpr double chain_exponent = 2;

}  // namespace

Seconds recurrence_time(const ChipRates& chip, const Recurrence& r, bool backward) {
    if (r.flops <= 0) return {};
    const RecurrentKernel& kernel = chip.delta;
    const double share = kernel.share > 0 ? kernel.share : chip.kernel(Precision::bf16).peak_share;
    const double rate = chip.rate(Precision::bf16).si() * share * chip.sustained;
    const double work = r.flops * (backward ? recurrent_backward : 1) / rate;
    const double chain = r.chunks * kernel.chunk.si() * (backward ? 2 : 1);
    return chip.launch + kernel.start + Seconds::from_si(join(work, chain, chain_exponent));
}

}  // namespace millwright
