#include "millwright/train/low_rank.h"

#include "millwright/base/whole.h"
#include "millwright/compute/operation_parts.h"
#include "millwright/compute/weights.h"

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

/// Adapters of a layer, in numbers; `of_routed` of those of routed experts.
double layer_adapters(const Model& m, const LowRank& low_rank, const Layer& layer,
                      double of_routed) {
    double sum = 0;
    for (const Operation& op : layer_operations(m, layer, Shard{})) {
        sum += (op.block == Block::experts ? of_routed : 1) * adapter_weights(low_rank, op);
    }
    return sum;
}

double all_adapters(const Model& m, const LowRank& low_rank, double of_routed) {
    const Pattern pattern = pattern_of(m);
    std::vector<double> each;
    for (const Layer& kind : pattern.kinds) {
        each.push_back(layer_adapters(m, low_rank, kind, of_routed));
    }
    double sum = m.mtp_layers.value == 0 ? 0 : real(m.mtp_layers) * each[pattern.prediction];
    for (const std::size_t kind : pattern.order) sum += each[kind];
    return sum;
}

}  // namespace

OperationWork frozen_work(const TrainContext& context, const ChipRates& chip,
                          const Operation& op) {
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

bool adapted(const LowRank& low_rank, const Operation& op) {
    const bool matrix = op.product.grouped || op.product.count == 1;
    if (!low_rank.any() || !has_weights(op) || !matrix) return false;
    switch (op.block) {
        case Block::projections: return low_rank.on(LowRankTarget::attention);
        case Block::mlp: return low_rank.on(LowRankTarget::mlp);
        case Block::experts: return low_rank.on(LowRankTarget::experts);
        default: return false;
    }
}

double adapter_weights(const LowRank& low_rank, const Operation& op) {
    if (!adapted(low_rank, op)) return 0;
    const Product& p = op.product;
    return real(low_rank.rank) * p.count * (op.matrices * p.k + p.n);
}

double packed_weights(const LowRank& low_rank, const Operation& op) {
    const bool linear = op.block == Block::projections || op.block == Block::mlp ||
                        op.block == Block::experts;
    if (low_rank.base == BaseForm::bf16 || !has_weights(op) || !linear) return 0;
    return op.product.count * op.product.k * op.product.n;
}

Bytes unpacked_bytes(const LowRank& low_rank, const Operation& op) {
    return packed_weights(low_rank, op) / op.matrices * bf16_bytes * unit::B;
}

double trainable_parameters(const Model& model, const LowRank& low_rank) {
    if (!low_rank.any()) return parameters(model) + extra_parameters(model);
    return all_adapters(model, low_rank, 1);
}

Flops useful_flops_per_token(const TrainContext& context) {
    const Model& m = context.model;
    if (!context.low_rank.any()) return model_flops_per_token(m, context.sequence);
    constexpr double trained = 6, frozen = 4;
    const double picked = is_moe(m) ? routed_experts(m) / real(m.experts) : 0;
    return model_flops_per_token(m, context.sequence, frozen) +
           trained * all_adapters(m, context.low_rank, picked) * unit::flop;
}

}  // namespace millwright
