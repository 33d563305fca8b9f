#include "millwright/compute/expert_layer.h"

namespace millwright {
namespace {

// of the hidden width a row: permuting reads and writes it, combining reads it and adds it to
// another
constexpr double permuted = 4;

}  // namespace

Seconds expert_layer_time(const ChipRates& chip, Precision precision, const ExpertLayer& e) {
    const double inner = e.inner / e.tensor;
    const Product up{.precision = precision,
                     .m = e.load.rows / e.load.active,
                     .n = (e.gated ? 2 : 1) * inner,
                     .k = e.hidden,
                     .count = e.load.active,
                     .grouped = true,
                     .weight_bytes = e.weight_bytes};
    Product down = up;
    down.n = e.hidden;
    down.k = inner;
    // the activation reads both halves of a gated product, or the one, and writes one
    const double row = bf16_bytes * (permuted * e.hidden + (e.gated ? 3 : 2) * inner);
    const double casts = precision == Precision::bf16
                             ? 0
                             : (bf16_bytes + operand_bytes(precision)) * (e.hidden + inner);
    return product_time(chip, up) + product_time(chip, down) +
           chip.group(precision, e.weight_bytes > 0).launch +
           memory_time(chip, e.load.rows * (row + casts) * unit::B);
}

}  // namespace millwright
