// Lightning attention (Qin 2024; MiniMax-01): linear attention with one fixed decay a head, in
// chunks: 2 C N + 2 C P + 4 N P for each token and head, and a gate on the output.
#include "millwright/compute/recurrence.h"

namespace millwright {
namespace {

constexpr double lightning_chunk = 256;  // the block of the published kernel

double inner_width(const Mixer& a) { return real(a.heads) * real(a.head_dim); }

/// Query, key, value, gate and output.
double lightning_weights(const Model& m, const Mixer& a) {
    return 5 * real(m.hidden) * inner_width(a);
}

void lightning_operations(const Model& m, const Mixer& a, const Shard& s,
                          std::vector<Operation>& ops) {
    const double inner = inner_width(a) / s.tensor;
    add_input("query, key, value, gate", m, s, 4 * inner, ops);
    ops.back().matrices = 2;  // the gate has one of its own
    add_chunked_core(chunks_of(a, s, lightning_chunk), s, ops);
    add_gate(s, inner, ops);
    add_output("recurrent output", m, s, inner, repeats::core, ops);
}

double lightning_core(const Mixer& a, double) { return state_flops(a); }
MixerState lightning_state(const Mixer& a, double) { return recurrent_state(a, 0); }

}  // namespace

template <>
constinit const MixerRow MixerRowOf<MixerKind::lightning>::row{.parameters = lightning_weights,
                                                               .operations = lightning_operations,
                                                               .core_flops = lightning_core,
                                                               .state = lightning_state,
                                                               .handed_on = hands_on_state};

}  // namespace millwright
