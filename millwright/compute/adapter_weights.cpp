#include "millwright/compute/adapter_weights.h"

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/whole.h"
#include "millwright/compute/operation_parts.h"
#include "millwright/compute/weights.h"

namespace millwright {
namespace {

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

bool adapted(const LowRank& low_rank, const Operation& op) {
    if (!low_rank.any() || !has_weights(op) || op.of_heads) return false;
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
    const bool linear =
        op.block == Block::projections || op.block == Block::mlp || op.block == Block::experts;
    if (low_rank.base == BaseForm::bf16 || !has_weights(op) || !linear) return 0;
    return op.product.count * op.product.k * op.product.n;
}

Bytes unpacked_bytes(const LowRank& low_rank, const Operation& op) {
    return packed_weights(low_rank, op) / op.matrices * bf16_bytes * unit::B;
}

double adapter_parameters(const Model& model, const LowRank& low_rank) {
    return all_adapters(model, low_rank, 1);
}

double active_adapter_parameters(const Model& model, const LowRank& low_rank) {
    const double picked = is_moe(model) ? routed_experts(model) / real(model.experts) : 0;
    return all_adapters(model, low_rank, picked);
}

double trainable_parameters(const Model& model, const LowRank& low_rank) {
    if (!low_rank.any()) return parameters(model) + extra_parameters(model);
    return adapter_parameters(model, low_rank);
}

std::string low_rank_text(const LowRank& low_rank) {
    if (!low_rank.any()) return "";
    std::vector<std::string> on;
    for (std::size_t i = 0; i < low_rank.targets.size(); ++i) {
        if (low_rank.targets[i]) on.emplace_back(EnumNames<LowRankTarget>::names[i]);
    }
    std::string text = fmt::format("LoRA, rank {}", low_rank.rank);
    if (on.size() < low_rank.targets.size()) text += ", on " + join(on, " and ");
    if (low_rank.base != BaseForm::bf16) {
        text += fmt::format(", beside weights in {}", name_of(low_rank.base));
    }
    return text;
}

}  // namespace millwright
