// What a layer keeps for its backward pass is the input of each product, in the product's format
// (the output of attention in BF16, as its own backward pass reads it), and what pointwise kernels
// need of theirs. Shared experts read what the router keeps. `repeated` names the parts with which
// an operation runs again, `freed` those that make its input again, so that it need not be kept.
#include "millwright/compute/operations.h"

#include <algorithm>

namespace millwright {
namespace {

constexpr double bf16_bytes = 2;
constexpr double fp8_bytes = 1;
constexpr double fp32_bytes = 4;

double real(const Cited<std::int64_t>& count) { return static_cast<double>(count.value); }

Operation product(std::string_view name, Block block, Precision precision, double m, double n,
                  double k) {
    Operation op{.name = name, .block = block, .kernel = Kernel::gemm};
    op.product = {.precision = precision, .m = m, .n = n, .k = k};
    op.flops = 2 * m * n * k * unit::flop;
    return op;
}

Operation pointwise(std::string_view name, Block block, const Shard& shard, double bytes) {
    Operation op{.name = name, .block = block};
    op.traffic = shard.pointwise * bytes * unit::B;
    return op;
}

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

/// Bytes per element of a product's input that is kept: in the format of the product.
double kept_bytes(const Shard& shard) {
    return shard.precision == Precision::bf16 ? bf16_bytes : fp8_bytes;
}

/// The output of a norm, which a product reads and keeps.
Bytes normed(const Model& model, const Shard& shard) {
    return shard.own_tokens() * real(model.hidden) * kept_bytes(shard) * unit::B;
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
    // with more ranks than key-value heads, ranks hold copies of one
    const double kv_heads = std::max(real(m.kv_heads) / tensor, 1.0);
    const double d = real(m.head_dim);
    return {heads * d, heads * d, kv_heads * d, kv_heads * d};
}

/// Mean number of keys a query meets under the causal (and sliding-window) mask.
/// Of S positions the first W of a window see W / 2 on average, the others W: W (1 - W / 2S).
double mean_keys(const Model& model, bool windowed, double sequence) {
    const double window = real(model.window);
    if (!windowed || window >= sequence) return sequence / 2;
    return window * (1 - window / (2 * sequence));
}

Operation attention_core(const Model& model, bool windowed, const Shard& shard) {
    const Widths w = attention_widths(model, shard.tensor);
    const double heads = std::max(1.0, real(model.heads) / shard.tensor);
    Operation op{.name = "attention core", .block = Block::attention};
    op.kernel = Kernel::attention;
    op.library = shard.attention;
    op.attention = {.batch = shard.micro_batch, .heads = heads};
    op.attention.kv_heads = heads * w.keys_qk / w.qk;
    op.attention.qk_width = w.qk / heads;
    op.attention.v_width = w.v / heads;
    op.attention.queries = shard.sequence / shard.context;
    op.attention.keys = shard.sequence;
    op.attention.window = windowed ? std::min(real(model.window), shard.sequence) : 0;
    op.flops = attention_flops(op.attention);
    op.saved = shard.tokens() * (w.qk + w.keys_qk + w.keys_v) * bf16_bytes * unit::B;
    op.repeated = repeats::core;
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
        op.product.count = batch;
        op.trains = true;  // both operands are activations and have gradients
        op.flops = batch * op.flops;
        op.saved = batch * queries * width * 2 * bf16_bytes * unit::B;
        op.repeated = repeats::core;
        ops.push_back(op);
    }
    const double scores = batch * queries * shard.sequence;
    constexpr double passes = 5;      // product out, softmax in and out, dropout in and out
    constexpr double kept_bytes = 5;  // softmax output, dropout output and its mask
    Operation softmax =
        pointwise("attention scores", Block::attention, shard, passes * scores * bf16_bytes);
    softmax.saved = scores * kept_bytes * unit::B;
    softmax.repeated = softmax.freed = repeats::core;
    ops.push_back(softmax);
}

void add_projections(const Model& m, const Shard& s, std::vector<Operation>& ops) {
    const Widths w = attention_widths(m, s.tensor);
    Operation qkv = product("query, key, value", Block::projections, s.precision, s.tokens(),
                            w.qk + w.keys_qk + w.keys_v, real(m.hidden));
    qkv.saved = normed(m, s);
    qkv.freed = repeats::norm;
    qkv.repeated = repeats::projections;
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
    down.saved = normed(m, s);
    down.freed = repeats::norm;
    down.repeated = repeats::projections;
    ops.push_back(down);
    Operation inner =
        pointwise("latent norm", Block::norms, s, 2 * own * (latent + query_rank) * bf16_bytes);
    inner.repeated = repeats::latent | repeats::projections;
    ops.push_back(inner);
    // without a latent of its own the query is projected from the hidden state
    const double query_in = query_rank > 0 ? query_rank : real(m.hidden);
    Operation query =
        product("query up", Block::projections, s.precision, tokens, heads * qk, query_in);
    query.saved = own * query_in * kept_bytes(s) * unit::B;
    query.repeated = repeats::latent | repeats::projections;
    ops.push_back(query);
    Operation keys = product("key-value up", Block::projections, s.precision, tokens,
                             heads * (real(m.nope_dim) + real(m.v_dim)), real(m.kv_lora));
    keys.saved = own * real(m.kv_lora) * kept_bytes(s) * unit::B;
    keys.repeated = repeats::latent | repeats::projections;
    ops.push_back(keys);
}

void add_attention(const Model& m, bool windowed, const Shard& s, std::vector<Operation>& ops) {
    const Widths w = attention_widths(m, s.tensor);
    ops.push_back(norm(m, s));
    if (is_mla(m)) {
        add_latent_projections(m, s, ops);
    } else {
        add_projections(m, s, ops);
    }
    Operation rotary = pointwise("rotary embedding", Block::norms, s,
                                 2 * s.tokens() * (w.qk + w.keys_qk) * bf16_bytes);
    rotary.repeated = repeats::latent | repeats::projections;
    ops.push_back(rotary);
    if (s.attention == AttentionLibrary::unfused) {
        add_unfused_attention(m, s, ops);
    } else {
        ops.push_back(attention_core(m, windowed, s));
        // key and value gradients need them: recomputed with the projections that made them
        ops.back().freed = is_mla(m) ? repeats::latent | repeats::projections
                                     : repeats::List{repeats::projections};
    }
    Operation out = product("attention output", Block::projections, s.precision, s.tokens(),
                            real(m.hidden), w.v);
    out.saved = s.tokens() * w.v * bf16_bytes * unit::B;
    out.freed = repeats::core;
    out.repeated = repeats::projections;
    ops.push_back(out);
    ops.push_back(residual(m, s));
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
    router.saved = normed(m, s);
    router.freed = repeats::norm;
    router.repeated = repeats::experts;
    ops.push_back(router);
    // buffers of a fixed capacity are sent and computed whole, filled or not
    const double padding = std::max(1.0, m.capacity_factor.value);
    const double routed = own * real(m.top_k) * padding * s.expert_tensor;
    Operation permute =
        pointwise("permute and combine", Block::router, s, 8 * routed * h * bf16_bytes);
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

Product turned(const Product& p, double m, double n, double k) {
    Product other = p;
    other.m = m;
    other.n = n;
    other.k = k;
    return other;
}

/// Casting bf16 activations to the format of the products, both ways round for the two products
/// of the backward pass (Transformer Engine): read once, written twice.
Seconds cast_time(const ChipRates& chip, const Product& p, double columns) {
    if (p.precision == Precision::bf16) return {};
    const double moved = bf16_bytes + 2 * operand_bytes(p.precision);
    return memory_time(chip, p.count * p.m * columns * moved * unit::B);
}

const AttentionKernel& attention_kernel(const ChipRates& chip, AttentionLibrary library) {
    const bool second = library == AttentionLibrary::flash_attention_2;
    return second && chip.flash_attention_2.peak_share > 0 ? chip.flash_attention_2
                                                           : chip.attention;
}

double attention_flops_per_token(const Model& m, double sequence) {
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
    ops.push_back(norm(model, shard));
    if (kind.experts) {
        add_experts(model, shard, ops);
    } else {
        Mlp mlp{.rows = shard.tokens(), .ffn = real(model.ffn) / shard.tensor};
        mlp.input_saved = normed(model, shard);
        add_mlp(model, shard, mlp, ops);
    }
    ops.push_back(residual(model, shard));
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
    logits.saved = normed(model, shard);
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
        case Kernel::memory: return memory_time(chip, op.traffic);
    }
    return {};
}

Seconds weight_gradient_time(const ChipRates& chip, const Operation& op) {
    const bool is_product = op.kernel == Kernel::gemm || op.kernel == Kernel::grouped_gemm;
    if (!is_product || !op.trains) return {};
    const Product& p = op.product;
    Product gradient = turned(p, p.n, p.k, p.m);
    gradient.output_bytes = 2 * fp32_bytes;  // read and added to
    return product_time(chip, gradient);
}

Seconds input_gradient_time(const ChipRates& chip, const Operation& op) {
    switch (op.kernel) {
        case Kernel::gemm:
        case Kernel::grouped_gemm: {
            const Product& p = op.product;
            return product_time(chip, turned(p, p.m, p.k, p.n)) + cast_time(chip, p, p.n);
        }
        case Kernel::attention:
            return attention_time(chip, attention_kernel(chip, op.library), op.attention, true);
        case Kernel::memory: return memory_time(chip, 1.5 * op.traffic);
    }
    return {};
}

Flops model_flops_per_token(const Model& model, double sequence) {
    const double table = real(model.vocab) * real(model.hidden);
    const double positions = real(model.positions) * real(model.hidden);
    // of untied embeddings one matrix is only looked up; tied, the one matrix is the head's
    const double look_up = (model.tied_embeddings ? 0 : table) + positions;
    const double heads = real(model.mtp_layers) * table;  // each predicts over the vocabulary
    const WeightCount w = weights_of(model);
    const double weights = w.active + w.active_extra - look_up + heads;
    return (6 * weights + 3 * attention_flops_per_token(model, sequence)) * unit::flop;
}

}  // namespace millwright
