// Mamba (Gu and Dao 2023): each channel has a state of N numbers and decays of its own, so no
// product of matrices describes the recurrence. The selective scan keeps states on the chip and is
// bound by memory: it reads input, step, gate, B and C once and writes the output. Its exponentials
// are not timed.
#include "millwright/compute/recurrence.h"

namespace millwright {
namespace {

/// Input and gate and output; a convolution with bias for each channel; a projection to the step's
/// rank, B and C and one from that rank; A and D.
double mamba_weights(const Model& m, const Mixer& a) {
    const double h = real(m.hidden), inner = real(a.heads);
    const double state = real(a.state), rank = real(a.rank);
    return 3 * h * inner + inner * (real(a.convolution) + 1) + inner * (rank + 2 * state) +
           (rank + 1) * inner + inner * (state + 1);
}

void mamba_operations(const Model& m, const Mixer& a, const Shard& s, std::vector<Operation>& ops) {
    const double tokens = s.tokens(), inner = real(a.heads) / s.tensor;
    const double state = real(a.state), rank = real(a.rank);
    add_input("state-space input", m, s, 2 * inner, ops);
    add_convolution(s, inner, real(a.convolution), ops);
    Operation step_in =
        product("step, B and C", Block::projections, s.precision, tokens, rank + 2 * state, inner);
    step_in.saved = tokens * inner * kept_bytes(s) * unit::B;
    step_in.freed = step_in.repeated = repeats::projections;
    ops.push_back(step_in);
    Operation step = product("step", Block::projections, s.precision, tokens, inner, rank);
    step.saved = tokens * rank * kept_bytes(s) * unit::B;
    step.freed = step.repeated = repeats::projections;
    ops.push_back(step);
    // input, step, gate and output of each channel; the backward pass makes the states again
    const double values = tokens * (4 * inner + 2 * state);
    Operation scan = pointwise("selective scan", Block::attention, s, values * bf16_bytes);
    scan.flops = tokens * state_flops(a) / s.tensor * unit::flop;
    scan.saved = tokens * (3 * inner + 2 * state) * bf16_bytes * unit::B;
    scan.freed = repeats::projections;
    scan.repeated = repeats::core;
    ops.push_back(scan);
    add_output("state-space output", m, s, inner, repeats::core, ops);
}

double mamba_core(const Mixer& a, double) { return state_flops(a); }
MixerState mamba_state(const Mixer& a, double) { return recurrent_state(a, real(a.heads)); }

}  // namespace

template <>
constinit const MixerRow MixerRowOf<MixerKind::mamba>::row{.parameters = mamba_weights,
                                                           .operations = mamba_operations,
                                                           .core_flops = mamba_core,
                                                           .state = mamba_state,
                                                           .handed_on = hands_on_state};

}  // namespace millwright
