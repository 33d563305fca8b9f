// Attention with heads of queries that share fewer heads of keys and values: full, or within a
// window. An output gate is one more projection as wide as the query (Qwen3-Next).
#include <algorithm>

#include "millwright/compute/attention_core.h"
#include "millwright/compute/mixers.h"

namespace millwright {
namespace {

CoreWidths grouped_widths(const Mixer& a, double tensor) {
    const double heads = real(a.heads) / tensor;
    // with more ranks than key-value heads, ranks hold copies of one
    const double kv_heads = std::max(real(a.kv_heads) / tensor, 1.0);
    const double d = real(a.head_dim);
    return {std::max(1.0, heads), heads * d, heads * d, kv_heads * d, kv_heads * d};
}

double attention_weights(const Model& m, const Mixer& a) {
    const double h = real(m.hidden);
    const double q = real(a.heads) * real(a.head_dim);
    const double kv = real(a.kv_heads) * real(a.head_dim);
    const double projected = a.shared_values ? kv : 2 * kv;
    // of query, keys, values and output
    const double biases = m.biases ? q + projected + h : 0;
    return h * (q + projected) + q * h + biases + (a.gated_output ? h * q : 0);
}

void attention_operations(const Model& m, const Mixer& a, const Shard& s,
                          std::vector<Operation>& ops) {
    const CoreWidths w = grouped_widths(a, s.tensor);
    const double values = (a.shared_values ? 0 : w.keys_v) + (a.gated_output ? w.v : 0);
    add_input("query, key, value", m, s, w.qk + w.keys_qk + values, ops);
    ops.back().matrices = a.shared_values ? 2 : 3;  // a gate is part of the query's
    add_core(s, w, real(a.window), repeats::projections, ops);
    if (a.gated_output) add_gate(s, w.v, ops);
    add_output("attention output", m, s, w.v, repeats::core, ops);
    ops.back().read_again = !a.gated_output;  // what the core wrote, by its own backward pass
}

double attention_core(const Mixer& a, double sequence) {
    const CoreWidths w = grouped_widths(a, 1);
    return 2 * mean_keys(real(a.window), sequence) * (w.qk + w.v);
}

MixerState attention_state(const Mixer& a, double tokens) {
    const double held = a.window > 0 ? std::min(tokens, real(a.window)) : tokens;
    const double cached = held * ((a.shared_values ? 1 : 2) * real(a.kv_heads) * real(a.head_dim));
    return {.kept = cached, .met = cached};
}

Bytes attention_hands_on(const Mixer& a, const Shard& s) {
    const double kv_heads = std::max(1.0, real(a.kv_heads) / s.tensor);
    return s.tokens() * kv_heads * (2 * real(a.head_dim)) * 2.0 * unit::B;
}

}  // namespace

template <>
constinit const MixerRow MixerRowOf<MixerKind::attention>::row{.parameters = attention_weights,
                                                               .operations = attention_operations,
                                                               .core_flops = attention_core,
                                                               .state = attention_state,
                                                               .handed_on = attention_hands_on,
                                                               .measured = true};

}  // namespace millwright
