#include "millwright/train/low_rank.h"

#include "millwright/base/whole.h"
#include "millwright/parts/precision.h"

namespace millwright {
namespace {

// moved of a value that is added to in place: read and written
constexpr double added_bytes = 2 * bf16_bytes;

/// The two products of an adapter of one of the operation's matrices.
struct AdapterProducts {
    Product down, up;
};

AdapterProducts adapter_products_of(const LowRank& low_rank, const Operation& op) {
    Product down = op.product;
    down.precision = Precision::bf16;
    down.n = real(low_rank.rank);
    Product up = down;
    up.k = down.n;
    up.n = op.product.n / op.matrices;  // as wide as their mean
    up.output_bytes = added_bytes;
    return {down, up};
}

void add_adapter(const TrainContext& context, const ChipRates& chip, const Operation& op,
                 OperationWork& work) {
    const auto [down, up] = adapter_products_of(context.low_rank, op);
    Product to_inner = input_gradient(up);
    to_inner.output_bytes = down.output_bytes;
    Product to_input = input_gradient(down);
    to_input.output_bytes = added_bytes;
    const double gradient = context.assume.gradient_bytes;
    const auto add = [&](Seconds& sum, const Product& one, const Product& other) {
        sum += op.matrices * (product_time(chip, one) + product_time(chip, other));
    };
    add(work.forward, down, up);
    add(work.input_gradient, to_inner, to_input);
    add(work.weight_gradient, weight_gradient(down, gradient), weight_gradient(up, gradient));
    work.inner = op.matrices * down.count * down.m * down.n * bf16_bytes * unit::B;
}

/// Each matrix by itself: read packed, written in BF16.
Seconds unpacking_time(const LowRank& low_rank, const ChipRates& chip, const Operation& op) {
    const double packed = packed_weights(low_rank, op) / op.matrices;
    if (packed <= 0) return {};
    return op.matrices * memory_time(chip, packed * (nf4_bytes + bf16_bytes) * unit::B);
}

}  // namespace

OperationWork frozen_work(const TrainContext& context, const ChipRates& chip, const Operation& op) {
    OperationWork work{.forward = forward_time(chip, op),
                       .input_gradient = input_gradient_time(chip, op),
                       .input = op.saved};
    if (!has_weights(op)) {
        // of a product of two activations both have gradients
        work.weight_gradient = weight_gradient_time(chip, op, context.assume.gradient_bytes);
        return work;
    }
    const Seconds unpacking = unpacking_time(context.low_rank, chip, op);
    work.forward += unpacking;
    work.input_gradient += unpacking;
    if (adapted(context.low_rank, op)) {
        add_adapter(context, chip, op, work);
    } else if (!op.read_again) {
        work.input = Bytes{};
    }
    return work;
}

Flops useful_flops_per_token(const TrainContext& context) {
    const Model& m = context.model;
    if (!context.low_rank.any()) return model_flops_per_token(m, context.sequence);
    constexpr double trained = 6, frozen = 4;
    return model_flops_per_token(m, context.sequence, frozen) +
           trained * active_adapter_parameters(m, context.low_rank) * unit::flop;
}

}  // namespace millwright
