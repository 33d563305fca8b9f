// Sparse attention of DeepSeek-V3.2: a small index scores all keys for each query, which then
// attends to the best of them alone. Keys differ from query to query, so no head makes its own: all
// heads attend to the latent itself, through products that multiply a head's queries, and what it
// attended to, by its part of the up projection. They are as many as those of keys and values would
// be.
#include <algorithm>

#include "millwright/compute/attention_core.h"
#include "millwright/compute/latent.h"
#include "millwright/compute/mixers.h"

namespace millwright {
namespace {

CoreWidths sparse_widths(const Mixer& a, double tensor) {
    const double heads = real(a.heads) / tensor;
    const double latent = real(a.kv_lora), key = latent + real(a.rope_dim);
    return {std::max(1.0, heads), heads * key, heads * latent, key, latent};
}

/// Queries of the index from their latent if there is one, one key, a weight for each head, a norm
/// with bias.
double sparse_weights(const Model& m, const Mixer& a) {
    const double h = real(m.hidden), width = real(a.index_dim), heads = real(a.index_heads);
    const double from = a.q_lora > 0 ? real(a.q_lora) : h;
    return latent_weights(m, a) + from * heads * width + h * width + h * heads + 2 * width;
}

/// The index: projections, and scores of every key under the mask, a product without values.
void add_index(const Model& m, const Mixer& a, const Shard& s, std::vector<Operation>& ops) {
    const double heads = real(a.index_heads) / s.tensor, width = real(a.index_dim);
    const double from = a.q_lora > 0 ? real(a.q_lora) : real(m.hidden);
    Operation query =
        product("index query", Block::projections, s.precision, s.tokens(), heads * width, from);
    query.repeated = repeats::latent | repeats::projections;
    ops.push_back(query);  // reads what the query up keeps
    Operation key = product("index key", Block::projections, s.precision, s.own_tokens(),
                            width + real(a.index_heads), real(m.hidden));
    key.repeated = repeats::projections;
    key.matrices = 2;  // keys, and a weight for each head of the index
    ops.push_back(key);
    Operation scores{.name = "index scores", .block = Block::attention};
    scores.kernel = Kernel::attention;
    scores.attention = {.batch = s.micro_batch, .heads = std::max(1.0, heads), .kv_heads = 1};
    scores.attention.qk_width = width;
    scores.attention.v_width = 0;
    scores.attention.queries = s.sequence / s.context;
    scores.attention.keys = s.sequence;
    scores.flops = attention_flops(scores.attention);
    scores.saved = s.tokens() * (heads + 1) * width * bf16_bytes * unit::B;
    scores.freed = repeats::latent | repeats::projections;
    scores.repeated = repeats::core;
    ops.push_back(scores);
}

/// The product, once for each head: between its own width and that of the latent.
void add_absorbed(Operation op, const Mixer& a, const Shard& s, repeats::List made_by,
                  std::vector<Operation>& ops) {
    const double heads = real(a.heads) / s.tensor;
    op.product.count = heads;
    op.of_heads = true;
    op.flops = heads * op.flops;
    op.saved = s.tokens() * heads * op.product.k * kept_bytes(s) * unit::B;
    op.freed = made_by;
    op.repeated = repeats::latent | repeats::projections;
    ops.push_back(op);
}

void sparse_operations(const Model& m, const Mixer& a, const Shard& s,
                       std::vector<Operation>& ops) {
    const CoreWidths w = sparse_widths(a, s.tensor);
    add_latents(m, a, s, ops);
    add_latent_query(m, a, s, ops);
    add_index(m, a, s, ops);
    const repeats::List projected = repeats::latent | repeats::projections;
    const auto absorbed = [&](std::string_view name, std::int64_t to, std::int64_t from) {
        return product(name, Block::projections, s.precision, s.tokens(), real(to), real(from));
    };
    add_absorbed(absorbed("query to latent", a.kv_lora, a.nope_dim), a, s, projected, ops);
    // as many keys for each query as a window of that length would have
    add_core(s, w, real(a.index_keys), projected, ops);
    add_absorbed(absorbed("value from latent", a.v_dim, a.kv_lora), a, s, repeats::core, ops);
    ops.back().read_again = true;  // by the backward pass of the core, which wrote it
    add_output("attention output", m, s, real(a.heads) / s.tensor * real(a.v_dim), repeats::core,
               ops);
}

double sparse_core(const Mixer& a, double sequence) {
    const CoreWidths w = sparse_widths(a, 1);
    const double scores = 2 * mean_keys(0, sequence) * real(a.index_heads) * real(a.index_dim);
    return scores + 2 * mean_keys(real(a.index_keys), sequence) * (w.qk + w.v);
}

/// The index reads its keys of all tokens, attention those that it chose.
MixerState sparse_state(const Mixer& a, double tokens) {
    const double latent = real(a.kv_lora) + real(a.rope_dim);
    const double index = tokens * real(a.index_dim);
    return {.kept = tokens * latent + index,
            .met = std::min(tokens, real(a.index_keys)) * latent + index};
}

/// Latents and keys of the index, which all heads share.
Bytes sparse_hands_on(const Mixer& a, const Shard& s) {
    const double width = real(a.kv_lora) + real(a.rope_dim) + real(a.index_dim);
    return s.tokens() * width * bf16_bytes * unit::B;
}

}  // namespace

template <>
constinit const MixerRow MixerRowOf<MixerKind::sparse>::row{.parameters = sparse_weights,
                                                            .operations = sparse_operations,
                                                            .core_flops = sparse_core,
                                                            .state = sparse_state,
                                                            .handed_on = sparse_hands_on};

}  // namespace millwright
