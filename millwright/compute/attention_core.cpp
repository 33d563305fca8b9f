#include "millwright/compute/attention_core.h"

#include <algorithm>

namespace millwright {
namespace {

Operation fused(const Shard& s, const CoreWidths& w, double window) {
    Operation op{.name = "attention core", .block = Block::attention};
    op.kernel = Kernel::attention;
    op.library = s.attention;
    op.attention = {.batch = s.micro_batch, .heads = w.heads};
    op.attention.kv_heads = w.heads * w.keys_qk / w.qk;
    op.attention.qk_width = w.qk / w.heads;
    op.attention.v_width = w.v / w.heads;
    op.attention.queries = s.sequence / s.context;
    op.attention.keys = s.sequence;
    op.attention.window = window > 0 ? std::min(window, s.sequence) : 0;
    op.flops = attention_flops(op.attention);
    op.saved = s.tokens() * (w.qk + w.keys_qk + w.keys_v) * bf16_bytes * unit::B;
    op.repeated = repeats::core;
    return op;
}

/// Attention before FlashAttention: two batched products over every key, masked or not, and
/// scores that pass through memory for softmax, mask and dropout (Korthikanti 2023, section 4).
void add_unfused(const Shard& s, const CoreWidths& w, std::vector<Operation>& ops) {
    const double batch = s.micro_batch * w.heads;
    const double queries = s.sequence / s.context;
    for (const double width : {w.qk / w.heads, w.v / w.heads}) {
        Operation op = product("attention product", Block::attention, Precision::bf16, queries,
                               width, s.sequence);
        op.product.count = batch;
        op.trains = true;  // both operands are activations and have gradients
        op.flops = batch * op.flops;
        op.saved = batch * queries * width * 2 * bf16_bytes * unit::B;
        op.repeated = repeats::core;
        ops.push_back(op);
    }
    const double scores = batch * queries * s.sequence;
    constexpr double passes = 5;  // product out, softmax in and out, dropout in and out
    constexpr double kept = 5;    // bytes of softmax output, dropout output and its mask
    Operation softmax =
        pointwise("attention scores", Block::attention, s, passes * scores * bf16_bytes);
    softmax.saved = scores * kept * unit::B;
    softmax.repeated = softmax.freed = repeats::core;
    ops.push_back(softmax);
}

}  // namespace

double mean_keys(double window, double sequence) {
    if (window <= 0 || window >= sequence) return sequence / 2;
    return window * (1 - window / (2 * sequence));
}

void add_core(const Shard& s, const CoreWidths& w, double window, repeats::List made_by,
              std::vector<Operation>& ops) {
    Operation rotary = pointwise("rotary embedding", Block::norms, s,
                                 2 * s.tokens() * (w.qk + w.keys_qk) * bf16_bytes);
    rotary.repeated = repeats::latent | repeats::projections;
    rotary.in_core = true;
    ops.push_back(rotary);
    if (s.attention == AttentionLibrary::unfused) {
        add_unfused(s, w, ops);
        return;
    }
    ops.push_back(fused(s, w, window));
    // key and value gradients need them: recomputed with the projections that made them
    ops.back().freed = made_by;
}

}  // namespace millwright
