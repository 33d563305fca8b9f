#include <algorithm>

#include "millwright/compute/attention_core.h"
#include "millwright/compute/latent.h"
#include "millwright/compute/mixers.h"

namespace millwright {

void add_latents(const Model& m, const Mixer& a, const Shard& s, std::vector<Operation>& ops) {
    const double own = s.own_tokens();
    const double latent = real(a.kv_lora) + real(a.rope_dim);
    const double query_rank = real(a.q_lora);
    Operation down = product("latent down", Block::projections, s.precision, own,
                             latent + query_rank, real(m.hidden));
    down.saved = normed(m, s);
    down.freed = repeats::norm;
    down.repeated = repeats::projections;
    down.matrices = query_rank > 0 ? 2 : 1;
    ops.push_back(down);
    Operation inner =
        pointwise("latent norm", Block::norms, s, 2 * own * (latent + query_rank) * bf16_bytes);
    inner.repeated = repeats::latent | repeats::projections;
    ops.push_back(inner);
}

void add_latent_query(const Model& m, const Mixer& a, const Shard& s, std::vector<Operation>& ops) {
    const double heads = real(a.heads) / s.tensor;
    const double qk = real(a.nope_dim) + real(a.rope_dim);
    // without a latent of its own the query is projected from the hidden state
    const double query_in = a.q_lora > 0 ? real(a.q_lora) : real(m.hidden);
    Operation query =
        product("query up", Block::projections, s.precision, s.tokens(), heads * qk, query_in);
    // the hidden state is kept by the product to the latents already
    query.saved = s.own_tokens() * real(a.q_lora) * kept_bytes(s) * unit::B;
    query.repeated = repeats::latent | repeats::projections;
    ops.push_back(query);
}

// A down projection to the latent and the rotary key that all heads share, up projections to keys
// and values, the same of the query unless it has no latent, and a norm of each latent, whose
// weights are as many as its rank.
double latent_weights(const Model& m, const Mixer& a) {
    const double h = real(m.hidden);
    const double heads = real(a.heads);
    const double qk = real(a.nope_dim) + real(a.rope_dim);
    const double query = a.q_lora > 0 ? real(a.q_lora) * (h + heads * qk + 1)  // with norm
                                      : h * heads * qk;
    const double down = h * (real(a.kv_lora) + real(a.rope_dim)) + real(a.kv_lora);
    const double up = real(a.kv_lora) * heads * (real(a.nope_dim) + real(a.v_dim));
    return query + down + up + heads * real(a.v_dim) * h;
}

namespace {

CoreWidths latent_widths(const Mixer& a, double tensor) {
    const double heads = real(a.heads) / tensor;
    const double qk = real(a.nope_dim) + real(a.rope_dim);
    const double v = real(a.v_dim);
    return {std::max(1.0, heads), heads * qk, heads * v, heads * qk, heads * v};
}

void latent_operations(const Model& m, const Mixer& a, const Shard& s,
                       std::vector<Operation>& ops) {
    const CoreWidths w = latent_widths(a, s.tensor);
    add_latents(m, a, s, ops);
    add_latent_query(m, a, s, ops);
    Operation keys =
        product("key-value up", Block::projections, s.precision, s.tokens(),
                real(a.heads) / s.tensor * (real(a.nope_dim) + real(a.v_dim)), real(a.kv_lora));
    keys.saved = s.own_tokens() * real(a.kv_lora) * kept_bytes(s) * unit::B;
    keys.repeated = repeats::latent | repeats::projections;
    ops.push_back(keys);
    add_core(s, w, real(a.window), repeats::latent | repeats::projections, ops);
    add_output("attention output", m, s, w.v, repeats::core, ops);
    ops.back().read_again = true;  // by the backward pass of the core, which wrote it
}

double latent_core(const Mixer& a, double sequence) {
    const CoreWidths w = latent_widths(a, 1);
    return 2 * mean_keys(real(a.window), sequence) * (w.qk + w.v);
}

/// The latent and the rotary part, whatever the heads.
MixerState latent_state(const Mixer& a, double tokens) {
    const double held = a.window > 0 ? std::min(tokens, real(a.window)) : tokens;
    const double cached = held * (real(a.kv_lora) + real(a.rope_dim));
    return {.kept = cached, .met = cached};
}

/// Keys and values of each head, as the projections have made them.
Bytes latent_hands_on(const Mixer& a, const Shard& s) {
    const double heads = std::max(1.0, real(a.heads) / s.tensor);
    const double width = real(a.nope_dim) + real(a.rope_dim) + real(a.v_dim);
    return s.tokens() * heads * width * 2.0 * unit::B;
}

}  // namespace

template <>
constinit const MixerRow MixerRowOf<MixerKind::latent>::row{.parameters = latent_weights,
                                                            .operations = latent_operations,
                                                            .core_flops = latent_core,
                                                            .state = latent_state,
                                                            .handed_on = latent_hands_on,
                                                            .measured = true};

}  // namespace millwright
