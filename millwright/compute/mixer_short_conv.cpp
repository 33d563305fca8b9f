// The gated short convolution of LFM2: three streams of the hidden size, of which the first two are
// multiplied, convolved over a few tokens, and multiplied by the third.
#include <algorithm>

#include "millwright/compute/recurrence.h"

namespace millwright {
namespace {

/// One projection to three streams, one back, and a convolution without bias between them.
double convolution_weights(const Model& m, const Mixer& a) {
    const double h = real(m.hidden);
    return 4 * h * h + h * real(a.convolution);
}

void convolution_operations(const Model& m, const Mixer& a, const Shard& s,
                            std::vector<Operation>& ops) {
    const double channels = real(a.heads) / s.tensor;
    add_input("three streams", m, s, 3 * channels, ops);
    add_gate(s, channels, ops);
    add_convolution(s, channels, real(a.convolution), ops);
    add_gate(s, channels, ops);
    add_output("convolution output", m, s, channels, repeats::core, ops);
}

double convolution_core(const Mixer&, double) { return 0; }
MixerState convolution_state(const Mixer& a, double) { return recurrent_state(a, real(a.heads)); }

/// The last inputs of the convolution.
Bytes convolution_hands_on(const Mixer& a, const Shard& s) {
    const double inputs = real(a.heads) / s.tensor * std::max(0.0, real(a.convolution) - 1);
    return s.micro_batch * inputs * bf16_bytes * unit::B;
}

}  // namespace

template <>
constinit const MixerRow MixerRowOf<MixerKind::short_conv>::row{
    .parameters = convolution_weights,
    .operations = convolution_operations,
    .core_flops = convolution_core,
    .state = convolution_state,
    .handed_on = convolution_hands_on};

}  // namespace millwright
