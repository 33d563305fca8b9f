// What a layer keeps for its backward pass is the input of each product, in the product's format
// (the output of attention in BF16, as its own backward pass reads it), and what pointwise kernels
// need of theirs. Shared experts read what the router keeps. `repeated` names the parts with which
// an operation runs again, `freed` those that make its input again, so that it need not be kept.
#include "millwright/compute/operations.h"

#include <algorithm>

#include "millwright/compute/mixers.h"
#include "millwright/compute/operation_parts.h"
#include "millwright/compute/weights.h"

namespace millwright {
namespace {

/// Reads and writes `width` values of `tokens` tokens and keeps its input for the backward pass.
Operation norm(const Model& model, const Shard& shard) {
    const double size = shard.own_tokens() * real(model.hidden) * bf16_bytes;
    Operation op = pointwise("norm", Block::norms, shard, 2 * size);
    op.saved = size * unit::B;
    op.repeated = repeats::norm;
    return op;
}

/// Reads both summands and writes the sum; nothing of it is kept.
Operation residual(const Model& model, const Shard& shard) {
    return pointwise("residual", Block::norms, shard,
                     3 * shard.own_tokens() * real(model.hidden) * bf16_bytes);
}

/// An MLP of inner width `ffn` on `rows` tokens, `count` of them at once (experts).
struct Mlp {
    Block block = Block::mlp;
    repeats::List part = repeats::mlp;
    double rows = 0, ffn = 0, count = 1;
    Bytes input_saved;
    repeats::List input_freed = repeats::norm;
};

void add_mlp(const Model& m, const Shard& s, const Mlp& mlp, std::vector<Operation>& ops) {
    const bool grouped = mlp.block == Block::experts;
    const auto add_product = [&](std::string_view name, double n, double k) -> Operation& {
        Operation op = product(name, mlp.block, s.precision, mlp.rows, n, k);
        op.kernel = grouped ? Kernel::grouped_gemm : Kernel::gemm;
        op.product.count = mlp.count;
        op.product.grouped = grouped;
        op.flops = mlp.count * op.flops;
        op.repeated = mlp.part;
        ops.push_back(op);
        return ops.back();
    };
    Operation& up = add_product("up", (m.gated ? 2 : 1) * mlp.ffn, real(m.hidden));
    up.saved = mlp.input_saved;
    up.freed = mlp.input_freed;
    up.matrices = m.gated ? 2 : 1;
    const double inner = mlp.rows * mlp.count * mlp.ffn * bf16_bytes;
    Operation act = pointwise("activation", Block::norms, s, (m.gated ? 3 : 2) * inner);
    act.saved = (m.gated ? 2 : 1) * inner * unit::B;
    act.freed = mlp.part;
    act.repeated = mlp.part | repeats::activation;
    ops.push_back(act);
    Operation& down = add_product("down", real(m.hidden), mlp.ffn);
    down.saved = mlp.rows * mlp.count * mlp.ffn * kept_bytes(s) * unit::B;
    down.freed = mlp.part | repeats::activation;
}

void add_experts(const Model& m, const Shard& s, std::vector<Operation>& ops) {
    const double own = s.own_tokens();
    const double h = real(m.hidden);
    Operation router = product("router", Block::router, Precision::bf16, own, real(m.experts), h);
    router.saved = own * h * bf16_bytes * unit::B;
    router.freed = repeats::norm;
    router.repeated = repeats::experts;
    router.read_again = m.shared_experts.value > 0;
    ops.push_back(router);
    // buffers of a fixed capacity are sent and computed whole, filled or not
    const double padding = std::max(1.0, m.capacity_factor.value);
    const double routed = own * routed_experts(m) * padding * s.expert_tensor;
    Operation permute{.name = "permute and combine", .block = Block::router};
    permute.traffic = s.permute_passes * routed * h * bf16_bytes * unit::B;
    permute.repeated = repeats::experts;
    ops.push_back(permute);
    const double local = real(m.experts) / s.expert;
    Mlp experts{.block = Block::experts, .part = repeats::experts};
    experts.rows = routed / local;
    experts.ffn = real(m.expert_ffn) / s.expert_tensor;
    experts.count = local;
    experts.input_saved = routed * h * kept_bytes(s) * unit::B;
    experts.input_freed = repeats::experts;
    add_mlp(m, s, experts, ops);
    if (m.shared_experts.value > 0) {
        Mlp shared{.part = repeats::shared_experts, .rows = s.tokens()};
        shared.ffn = real(m.shared_experts) * real(m.shared_ffn) / s.tensor;
        add_mlp(m, s, shared, ops);
    }
}

/// Casting bf16 activations to the format of the products, both ways round for the two products
/// of the backward pass (Transformer Engine): read once, written twice.
Seconds cast_time(const ChipRates& chip, const Product& p, double columns) {
    if (p.precision == Precision::bf16) return {};
    const double moved = bf16_bytes + 2 * operand_bytes(p.precision);
    return memory_time(chip, p.count * p.m * columns * moved * unit::B);
}

/// Of a release that no kernels are known of, the next one's stand in.
const AttentionKernel& attention_kernel(const ChipRates& chip, AttentionLibrary library) {
    const auto known = [](const AttentionKernel& kernel) { return kernel.peak_share > 0; };
    const bool first = library == AttentionLibrary::flash_attention_1;
    if (first && known(chip.flash_attention_1)) return chip.flash_attention_1;
    const bool second = first || library == AttentionLibrary::flash_attention_2;
    return second && known(chip.flash_attention_2) ? chip.flash_attention_2 : chip.attention;
}

/// Layer by layer, and of prediction blocks as the mean layer's.
double core_flops_per_token(const Model& m, double sequence) {
    const Pattern pattern = pattern_of(m);
    double sum = 0;
    for (const std::size_t kind : pattern.order) {
        const Mixer& mixer = pattern.kinds[kind].mixer;
        sum += mixer_row(mixer.kind).core_flops(mixer, sequence);
    }
    return sum * (1 + real(m.mtp_layers) / std::max(1.0, real(m.layers)));
}

void add_channel(const Model& m, const Layer& layer, const Shard& s, std::vector<Operation>& ops) {
    if (layer.channel == ChannelKind::none) return;
    ops.push_back(norm(m, s));
    if (layer.channel == ChannelKind::experts) {
        add_experts(m, s, ops);
    } else {
        Mlp mlp{.rows = s.tokens(), .ffn = real(layer.ffn) / s.tensor};
        mlp.input_saved = normed(m, s);
        add_mlp(m, s, mlp, ops);
    }
    ops.push_back(residual(m, s));
}

}  // namespace

std::vector<LayerCounts> prefix_counts(const Pattern& pattern) {
    std::vector<LayerCounts> counts{LayerCounts(pattern.kinds.size())};
    counts.reserve(pattern.order.size() + 1);
    for (const std::size_t kind : pattern.order) {
        counts.push_back(counts.back());
        ++counts.back()[kind];
    }
    return counts;
}

std::vector<Operation> layer_operations(const Model& model, const Layer& layer,
                                        const Shard& shard) {
    std::vector<Operation> ops;
    if (layer.mixer.kind != MixerKind::none) {
        ops.push_back(norm(model, shard));
        mixer_row(layer.mixer.kind).operations(model, layer.mixer, shard, ops);
        ops.push_back(residual(model, shard));
    }
    add_channel(model, layer, shard, ops);
    return ops;
}

std::vector<Operation> embedding_operations(const Model& model, const Shard& shard) {
    return {pointwise("embedding look-up", Block::vocabulary, shard,
                      2 * shard.tokens() * real(model.hidden) * bf16_bytes)};
}

std::vector<Operation> head_operations(const Model& model, const Shard& shard) {
    const double columns = real(model.vocab) / shard.tensor;
    Operation logits = product("logits", Block::vocabulary, Precision::bf16, shard.tokens(),
                               columns, real(model.hidden));
    logits.saved = shard.own_tokens() * real(model.hidden) * bf16_bytes * unit::B;
    const double size = shard.tokens() * columns;
    Operation loss =
        pointwise("loss", Block::vocabulary, shard, size * (2 * fp32_bytes + bf16_bytes));
    loss.saved = size * shard.logit_bytes * unit::B;
    return {norm(model, shard), logits, loss};
}

Seconds forward_time(const ChipRates& chip, const Operation& op) {
    switch (op.kernel) {
        case Kernel::gemm:
        case Kernel::grouped_gemm:
            return product_time(chip, op.product) + cast_time(chip, op.product, op.product.k);
        case Kernel::attention:
            return attention_time(chip, attention_kernel(chip, op.library), op.attention, false);
        case Kernel::recurrence: return recurrence_time(chip, op.recurrence, false);
        case Kernel::memory: return memory_time(chip, op.traffic);
    }
    return {};
}

bool has_weights(const Operation& op) {
    const bool product = op.kernel == Kernel::gemm || op.kernel == Kernel::grouped_gemm;
    return product && op.block != Block::attention;
}

Seconds weight_gradient_time(const ChipRates& chip, const Operation& op, double gradient) {
    const bool is_product = op.kernel == Kernel::gemm || op.kernel == Kernel::grouped_gemm;
    if (!is_product || !op.trains) return {};
    return product_time(chip, weight_gradient(op.product, gradient));
}

Seconds input_gradient_time(const ChipRates& chip, const Operation& op) {
    switch (op.kernel) {
        case Kernel::gemm:
        case Kernel::grouped_gemm:
            return product_time(chip, input_gradient(op.product)) +
                   cast_time(chip, op.product, op.product.n);
        case Kernel::attention:
            return attention_time(chip, attention_kernel(chip, op.library), op.attention, true);
        case Kernel::recurrence: return recurrence_time(chip, op.recurrence, true);
        case Kernel::memory: return memory_time(chip, 1.5 * op.traffic);
    }
    return {};
}

Flops model_flops_per_token(const Model& model, double sequence, double of_weight) {
    const double table = real(model.vocab) * real(model.hidden);
    const double positions = real(model.positions) * real(model.hidden);
    // of untied embeddings one matrix is only looked up; tied, the one matrix is the head's
    const double look_up = (model.tied_embeddings ? 0 : table) + positions;
    const double heads = real(model.mtp_layers) * table;  // each predicts over the vocabulary
    const WeightCount w = weights_of(model);
    const double weights = w.active + w.active_extra - look_up + heads;
    return (of_weight * weights + 3 * core_flops_per_token(model, sequence)) * unit::flop;
}

}  // namespace millwright
