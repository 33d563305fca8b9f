// Layers that mix no tokens: a channel alone (Nemotron-H), or one matrix where a search of
// architectures took attention out (Nemotron-NAS).
#include "millwright/compute/mixers.h"
#include "millwright/compute/operation_parts.h"

namespace millwright {
namespace {

double no_weights(const Model&, const Mixer&) { return 0; }
void no_operations(const Model&, const Mixer&, const Shard&, std::vector<Operation>&) {}
double no_core(const Mixer&, double) { return 0; }
MixerState no_state(const Mixer&, double) { return {}; }
Bytes nothing(const Mixer&, const Shard&) { return {}; }

double matrix_weights(const Model& m, const Mixer&) { return real(m.hidden) * real(m.hidden); }

void matrix_operations(const Model& m, const Mixer&, const Shard& s, std::vector<Operation>& ops) {
    add_input("matrix for attention", m, s, real(m.hidden) / s.tensor, ops);
}

}  // namespace

template <>
constinit const MixerRow MixerRowOf<MixerKind::none>::row{.parameters = no_weights,
                                                          .operations = no_operations,
                                                          .core_flops = no_core,
                                                          .state = no_state,
                                                          .handed_on = nothing,
                                                          .measured = true};

template <>
constinit const MixerRow MixerRowOf<MixerKind::linear>::row{.parameters = matrix_weights,
                                                            .operations = matrix_operations,
                                                            .core_flops = no_core,
                                                            .state = no_state,
                                                            .handed_on = nothing,
                                                            .measured = true};

}  // namespace millwright
