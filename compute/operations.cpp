#include "compute/operations.h"

#include <algorithm>

namespace millwright {
namespace {

constexpr double bf16_bytes = 2;
constexpr double fp32_bytes = 4;

double real(const Cited<std::int64_t>& count) { return static_cast<double>(count.value); }

Operation product(std::string_view name, Block block, Precision precision, double m, double n,
                  double k) {
    Operation op{.name = name, .block = block, .kernel = Kernel::gemm, .precision = precision};
    op.m = m;
    op.n = n;
    op.k = k;
    op.flops = 2 * m * n * k * unit::flop;
    return op;
}

Operation pointwise(std::string_view name, Block block, double bytes) {
    Operation op{.name = name, .block = block};
    op.traffic = bytes * unit::B;
    op.cheap = true;
    return op;
}

/// Reads and writes `width` values of `tokens` tokens and keeps its input for the backward pass.
Operation norm(const Model& model, double tokens) {
    const double size = tokens * real(model.hidden) * bf16_bytes;
    Operation op = pointwise("norm", Block::norms, 2 * size);
    op.saved = size * unit::B;
    return op;
}

Operation residual(const Model& model, double tokens) {
    return pointwise("residual", Block::norms, 3 * tokens * real(model.hidden) * bf16_bytes);
}

struct Widths {
    double qk, v, keys_qk, keys_v;  // per rank: query-key, value width, and the same of KV heads
};

Widths attention_widths(const Model& m, double tensor) {
    const double heads = real(m.heads) / tensor;
    if (is_mla(m)) {
        const double qk = real(m.nope_dim) + real(m.rope_dim);
        return {heads * qk, heads * real(m.v_dim), heads * qk, heads * real(m.v_dim)};
    }
    const double kv_heads = std::max(real(m.kv_heads) / tensor, 1.0);
    const double d = real(m.head_dim);
    return {heads * d, heads * d, kv_heads * d, kv_heads * d};
}

/// Mean number of keys a query meets under the causal (and sliding-window) mask.
double mean_keys(const Model& model, bool windowed, double sequence) {
    const double window = real(model.window);
    if (!windowed || window >= sequence) return sequence / 2;
    return window * (1 - window / (2 * sequence));
}

Operation attention_core(const Model& model, bool windowed, const Shard& shard) {
    const Widths w = attention_widths(model, shard.tensor);
    const double tokens = shard.tokens();
    Operation op{.name = "attention core", .block = Block::attention};
    op.kernel = Kernel::attention;
    const double keys = mean_keys(model, windowed, shard.sequence);
    op.n = windowed ? std::min(real(model.window), shard.sequence) : shard.sequence;
    op.flops = 2 * tokens * keys * (w.qk + w.v) * unit::flop;
    const double tensors = tokens * (w.qk + w.v + w.keys_qk + w.keys_v);
    op.traffic = tensors * bf16_bytes * unit::B;
    op.saved = op.traffic;
    return op;
}

/// Attention before FlashAttention: two batched products over every key, masked or not, and
/// scores that pass through memory for softmax, mask and dropout (Korthikanti 2023, section 4).
void add_unfused_attention(const Model& model, const Shard& shard, std::vector<Operation>& ops) {
    const Widths w = attention_widths(model, shard.tensor);
    const double heads = std::max(1.0, real(model.heads) / shard.tensor);
    const double batch = shard.micro_batch * heads;
    const double queries = shard.sequence / shard.context;
    for (const double width : {w.qk / heads, w.v / heads}) {
        Operation op = product("attention product", Block::attention, Precision::bf16, queries,
                               width, shard.sequence);
        op.count = batch;
        op.flops = batch * op.flops;
        op.saved = batch * queries * width * 2 * bf16_bytes * unit::B;
        ops.push_back(op);
    }
    const double scores = batch * queries * shard.sequence;
    constexpr double passes = 5;      // product out, softmax in and out, dropout in and out
    constexpr double kept_bytes = 5;  // softmax output, dropout output and its mask
    Operation softmax =
        pointwise("attention scores", Block::attention, passes * scores * bf16_bytes);
    softmax.saved = scores * kept_bytes * unit::B;
    ops.push_back(softmax);
}

void add_projections(const Model& m, const Shard& s, std::vector<Operation>& ops) {
    const Widths w = attention_widths(m, s.tensor);
    const double tokens = s.tokens();
    Operation qkv = product("query, key, value", Block::projections, s.precision, tokens,
                            w.qk + w.keys_qk + w.keys_v, real(m.hidden));
    qkv.saved = s.own_tokens() * real(m.hidden) * bf16_bytes * unit::B;
    ops.push_back(qkv);
}

void add_latent_projections(const Model& m, const Shard& s, std::vector<Operation>& ops) {
    const double own = s.own_tokens();
    const double tokens = s.tokens();
    const double heads = real(m.heads) / s.tensor;
    const double qk = real(m.nope_dim) + real(m.rope_dim);
    const double latent = real(m.kv_lora) + real(m.rope_dim);
    const double query_rank = real(m.q_lora);
    Operation down = product("latent down", Block::projections, s.precision, own,
                             latent + query_rank, real(m.hidden));
    down.saved = own * real(m.hidden) * bf16_bytes * unit::B;
    ops.push_back(down);
    ops.push_back(
        pointwise("latent norm", Block::norms, 2 * own * (latent + query_rank) * bf16_bytes));
    const double query_in = query_rank > 0 ? query_rank : real(m.hidden);
    Operation query =
        product("query up", Block::projections, s.precision, tokens, heads * qk, query_in);
    query.saved = own * query_in * bf16_bytes * unit::B;
    ops.push_back(query);
    Operation keys = product("key-value up", Block::projections, s.precision, tokens,
                             heads * (real(m.nope_dim) + real(m.v_dim)), real(m.kv_lora));
    keys.saved = own * real(m.kv_lora) * bf16_bytes * unit::B;
    ops.push_back(keys);
}

void add_attention(const Model& m, bool windowed, const Shard& s, std::vector<Operation>& ops) {
    const Widths w = attention_widths(m, s.tensor);
    ops.push_back(norm(m, s.own_tokens()));
    if (is_mla(m)) {
        add_latent_projections(m, s, ops);
    } else {
        add_projections(m, s, ops);
    }
    ops.push_back(pointwise("rotary embedding", Block::norms,
                            2 * s.tokens() * (w.qk + w.keys_qk) * bf16_bytes));
    if (s.fused_attention) {
        ops.push_back(attention_core(m, windowed, s));
    } else {
        add_unfused_attention(m, s, ops);
    }
    ops.push_back(product("attention output", Block::projections, s.precision, s.tokens(),
                          real(m.hidden), w.v));
    ops.push_back(residual(m, s.own_tokens()));
}

/// Up, activation and down products of an MLP of inner width `ffn` on `rows` tokens, `count`
/// matrices at once (experts of a grouped product).
void add_mlp(const Model& m, Block block, Precision precision, double rows, double ffn,
             double count, Bytes input_saved, std::vector<Operation>& ops) {
    const double up_columns = (m.gated ? 2 : 1) * ffn;
    const Kernel kernel = block == Block::experts ? Kernel::grouped_gemm : Kernel::gemm;
    Operation up = product("up", block, precision, rows, up_columns, real(m.hidden));
    up.kernel = kernel;
    up.count = count;
    up.flops = count * up.flops;
    up.saved = input_saved;
    ops.push_back(up);
    const double inner = rows * count * ffn * bf16_bytes;
    Operation act = pointwise("activation", Block::norms, (m.gated ? 3 : 2) * inner);
    act.saved = (m.gated ? 2 : 1) * inner * unit::B;
    act.cheap = false;
    ops.push_back(act);
    Operation down = product("down", block, precision, rows, real(m.hidden), ffn);
    down.kernel = kernel;
    down.count = count;
    down.flops = count * down.flops;
    down.saved = inner * unit::B;
    down.cheap = true;  // its input is recomputed from the activation's
    ops.push_back(down);
}

void add_experts(const Model& m, const Shard& s, std::vector<Operation>& ops) {
    const double own = s.own_tokens();
    const double h = real(m.hidden);
    Operation router = product("router", Block::router, Precision::bf16, own, real(m.experts), h);
    router.saved = own * h * bf16_bytes * unit::B;
    ops.push_back(router);
    const double padding = std::max(1.0, m.capacity_factor.value);
    const double routed = own * real(m.top_k) * padding * s.expert_tensor;
    ops.push_back(pointwise("permute and combine", Block::router, 8 * routed * h * bf16_bytes));
    const double local = real(m.experts) / s.expert;
    add_mlp(m, Block::experts, s.precision, routed / local, real(m.expert_ffn) / s.expert_tensor,
            local, routed * h * bf16_bytes * unit::B, ops);
    if (m.shared_experts.value > 0) {
        const double width = real(m.shared_experts) * real(m.shared_ffn) / s.tensor;
        add_mlp(m, Block::mlp, s.precision, s.tokens(), width, 1, Bytes{}, ops);
    }
}

Seconds product_time(const ChipRates& chip, const Operation& op, double m, double n, double k) {
    if (op.kernel == Kernel::grouped_gemm) {
        return grouped_gemm_time(chip, op.precision, m, n, k, op.count);
    }
    return gemm_time(chip, op.precision, m, n, k, op.count);
}

double attention_flops(const Model& m, double sequence) {
    double sum = 0;
    const Widths w = attention_widths(m, 1);
    for (std::int64_t i = 0; i < m.layers.value; ++i) {
        sum += 2 * mean_keys(m, is_windowed(m, i), sequence) * (w.qk + w.v);
    }
    return sum * (1 + real(m.mtp_layers) / std::max(1.0, real(m.layers)));
}

}  // namespace

std::vector<LayerCounts> prefix_counts(const Model& model) {
    std::vector<LayerCounts> counts(static_cast<std::size_t>(model.layers.value) + 1);
    for (std::size_t i = 0; i + 1 < counts.size(); ++i) {
        const auto layer = static_cast<std::int64_t>(i);
        counts[i + 1] = counts[i];
        ++counts[i + 1][index_of({has_experts(model, layer), is_windowed(model, layer)})];
    }
    return counts;
}

std::vector<Operation> layer_operations(const Model& model, LayerKind kind, const Shard& shard) {
    std::vector<Operation> ops;
    add_attention(model, kind.windowed, shard, ops);
    ops.push_back(norm(model, shard.own_tokens()));
    if (kind.experts) {
        add_experts(model, shard, ops);
    } else {
        const Bytes input = shard.own_tokens() * real(model.hidden) * bf16_bytes * unit::B;
        add_mlp(model, Block::mlp, shard.precision, shard.tokens(), real(model.ffn) / shard.tensor,
                1, input, ops);
    }
    ops.push_back(residual(model, shard.own_tokens()));
    return ops;
}

std::vector<Operation> embedding_operations(const Model& model, const Shard& shard) {
    Operation look_up = pointwise("embedding look-up", Block::vocabulary,
                                  2 * shard.tokens() * real(model.hidden) * bf16_bytes);
    look_up.cheap = false;
    return {look_up};
}

std::vector<Operation> head_operations(const Model& model, const Shard& shard) {
    const double columns = real(model.vocab) / shard.tensor;
    Operation logits = product("logits", Block::vocabulary, Precision::bf16, shard.tokens(),
                               columns, real(model.hidden));
    logits.saved = shard.own_tokens() * real(model.hidden) * bf16_bytes * unit::B;
    const double size = shard.tokens() * columns;
    Operation loss = pointwise("loss", Block::vocabulary, size * (2 * fp32_bytes + bf16_bytes));
    loss.saved = size * (fp32_bytes + bf16_bytes) * unit::B;
    loss.cheap = false;
    return {norm(model, shard.own_tokens()), logits, loss};
}

Seconds forward_time(const ChipRates& chip, const Operation& op) {
    switch (op.kernel) {
        case Kernel::gemm:
        case Kernel::grouped_gemm: return product_time(chip, op, op.m, op.n, op.k);
        case Kernel::attention: return attention_time(chip, op.flops, op.n, op.traffic, false);
        case Kernel::memory: return memory_time(chip, op.traffic);
    }
    return {};
}

Seconds weight_gradient_time(const ChipRates& chip, const Operation& op) {
    const bool is_product = op.kernel == Kernel::gemm || op.kernel == Kernel::grouped_gemm;
    return is_product && op.trains ? product_time(chip, op, op.n, op.k, op.m) : Seconds{};
}

Seconds backward_time(const ChipRates& chip, const Operation& op) {
    switch (op.kernel) {
        case Kernel::gemm:
        case Kernel::grouped_gemm:
            return product_time(chip, op, op.m, op.k, op.n) + weight_gradient_time(chip, op);
        case Kernel::attention:
            return attention_time(chip, 2.5 * op.flops, op.n, 3 * op.traffic, true);
        case Kernel::memory: return memory_time(chip, 1.5 * op.traffic);
    }
    return {};
}

Flops model_flops_per_token(const Model& model, double sequence) {
    const double table = real(model.vocab) * real(model.hidden);
    const double positions = real(model.positions) * real(model.hidden);
    const double look_up = (model.tied_embeddings ? 0 : table) + positions;
    const double heads = real(model.mtp_layers) * table;  // each predicts over the vocabulary
    const double weights = active_parameters(model) - look_up + heads;
    return (6 * weights + 3 * attention_flops(model, sequence)) * unit::flop;
}

}  // namespace millwright
