// Mamba-2 by state-space duality (Dao and Gu 2024, section 6): in chunks of Q tokens the recurrence
// is attention without softmax within the chunk, and one state between chunks. Per token that is
// 2 Q N for the scores of each group, which its heads share, and for each head 2 Q P for values,
// 2 N P into the state and 2 N P out of it.
#include <algorithm>

#include "millwright/compute/recurrence.h"

namespace millwright {
namespace {

constexpr double mamba2_chunk = 256;  // of the published kernels

/// Channels that the convolution goes over: input, B and C of the groups; of a rank's share.
double mamba2_channels(const Mixer& a, double tensor) {
    const double groups = std::max(1.0, real(a.kv_heads) / tensor);
    return real(a.heads) / tensor * real(a.head_dim) + 2 * groups * real(a.state);
}

/// One projection to gate, input, B and C of the groups and a step for each head; a convolution
/// with bias; the output; A, D and the step's bias of each head; a norm.
double mamba2_weights(const Model& m, const Mixer& a) {
    const double h = real(m.hidden), heads = real(a.heads);
    const double inner = heads * real(a.head_dim);
    const double convolved = mamba2_channels(a, 1);
    return h * (inner + convolved + heads) + convolved * (real(a.convolution) + 1) + inner * h +
           3 * heads + inner;
}

void mamba2_operations(const Model& m, const Mixer& a, const Shard& s,
                       std::vector<Operation>& ops) {
    const double heads = real(a.heads) / s.tensor;
    const double inner = heads * real(a.head_dim);
    const double convolved = mamba2_channels(a, s.tensor);
    add_input("state-space input", m, s, inner + convolved + heads, ops);
    add_convolution(s, convolved, real(a.convolution), ops);
    add_chunked_core(chunks_of(a, s, mamba2_chunk), s, ops);
    add_gate(s, inner, ops);
    add_output("state-space output", m, s, inner, repeats::core, ops);
}

double mamba2_core(const Mixer& a, double) { return state_flops(a); }
MixerState mamba2_state(const Mixer& a, double) {
    return recurrent_state(a, mamba2_channels(a, 1));
}

}  // namespace

template <>
constinit const MixerRow MixerRowOf<MixerKind::mamba2>::row{.parameters = mamba2_weights,
                                                            .operations = mamba2_operations,
                                                            .core_flops = mamba2_core,
                                                            .state = mamba2_state,
                                                            .handed_on = hands_on_state};

}  // namespace millwright
