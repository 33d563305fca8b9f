// What the operations of all layers are made of.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "millwright/base/whole.h"
#include "millwright/compute/operations.h"
#include "millwright/parts/precision.h"

namespace millwright {

inline double real(const Cited<std::int64_t>& count) { return static_cast<double>(count.value); }

inline Operation product(std::string_view name, Block block, Precision precision, double m,
                         double n, double k) {
    Operation op{.name = name, .block = block, .kernel = Kernel::gemm};
    op.product = {.precision = precision, .m = m, .n = n, .k = k};
    op.flops = 2 * m * n * k * unit::flop;
    return op;
}

inline Operation pointwise(std::string_view name, Block block, const Shard& shard, double bytes) {
    Operation op{.name = name, .block = block};
    op.traffic = shard.pointwise * bytes * unit::B;
    return op;
}

/// Bytes per element of a product's input that is kept: in the format of the product.
inline double kept_bytes(const Shard& shard) {
    return shard.precision == Precision::bf16 ? bf16_bytes : fp8_bytes;
}

/// The output of a norm, which a product reads and keeps.
inline Bytes normed(const Model& model, const Shard& shard) {
    return shard.own_tokens() * real(model.hidden) * kept_bytes(shard) * unit::B;
}

/// The projection of the normed input to `columns` values of a rank, whatever they become.
void add_input(std::string_view name, const Model& m, const Shard& s, double columns,
               std::vector<Operation>& ops);
/// The projection of a rank's `width` values of each token back to the residual stream. With
/// `again` recomputed its input is not kept.
void add_output(std::string_view name, const Model& m, const Shard& s, double width,
                repeats::List again, std::vector<Operation>& ops);
/// A causal convolution of `length` over each of a rank's `channels`, its input kept.
void add_convolution(const Shard& s, double channels, double length, std::vector<Operation>& ops);
/// A gate over `width` values of a rank: both read, their product written, both kept.
void add_gate(const Shard& s, double width, std::vector<Operation>& ops);

}  // namespace millwright
