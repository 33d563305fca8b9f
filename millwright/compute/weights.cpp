// Weights by the formulas of each layer. Norms count their scale alone.
#include "millwright/compute/weights.h"

#include <fmt/format.h>

#include "millwright/compute/mixers.h"
#include "millwright/compute/operation_parts.h"

namespace millwright {
namespace {

/// Weights of a layer that a token meets; all experts if `every_expert`.
double layer_weights(const Model& m, const Layer& layer, bool every_expert) {
    double sum = mixer_parameters(m, layer.mixer) + norms_of(layer) * real(m.hidden);
    if (layer.channel == ChannelKind::dense) sum += mlp_parameters(m, layer.ffn);
    if (layer.channel == ChannelKind::experts) {
        sum += experts_parameters(m, every_expert ? real(m.experts) : routed_experts(m));
    }
    return sum;
}

/// Embedding and head, learnt positions and the final norm, and the layers.
double sum_of(const Model& m, const Pattern& pattern, bool every_expert) {
    const double h = real(m.hidden);
    double sum = h * real(m.vocab) * (m.tied_embeddings ? 1 : 2) + h * real(m.positions) + h;
    for (const std::size_t kind : pattern.order) {
        sum += layer_weights(m, pattern.kinds[kind], every_expert);
    }
    return sum;
}

/// A prediction block has beside its layer a projection of two states to one, and norms.
double prediction(const Model& m, const Pattern& pattern, bool every_expert) {
    if (m.mtp_layers.value == 0) return 0;
    const double h = real(m.hidden);
    const double block = layer_weights(m, pattern.kinds[pattern.prediction], every_expert);
    return real(m.mtp_layers) * (block + 2 * h * h + 3 * h);
}

}  // namespace

double mixer_parameters(const Model& model, const Mixer& mixer) {
    return mixer_row(mixer.kind).parameters(model, mixer);
}

double mlp_parameters(const Model& model, std::int64_t ffn) {
    const double f = static_cast<double>(ffn);
    const double biases = model.biases ? f + real(model.hidden) : 0;
    return (model.gated ? 3 : 2) * real(model.hidden) * f + biases;
}

double experts_parameters(const Model& m, double used) {
    return used * mlp_parameters(m, m.expert_ffn.value) +
           real(m.shared_experts) * mlp_parameters(m, m.shared_ffn.value) +
           real(m.hidden) * real(m.experts);
}

double active_weights(const Model& model, const Layer& layer) {
    return layer_weights(model, layer, false);
}

double norms_of(const Layer& layer) {
    return (layer.mixer.kind == MixerKind::none ? 0 : 1) +
           (layer.channel == ChannelKind::none ? 0 : 1);
}

WeightCount weights_of(const Model& model) {
    const Pattern pattern = pattern_of(model);
    return {.total = sum_of(model, pattern, true),
            .active = sum_of(model, pattern, false),
            .extra = prediction(model, pattern, true),
            .active_extra = prediction(model, pattern, false)};
}

double parameters(const Model& model) { return sum_of(model, pattern_of(model), true); }

double active_parameters(const Model& model) { return sum_of(model, pattern_of(model), false); }

double routed_parameters(const Model& model) {
    if (!is_moe(model)) return 0;
    return static_cast<double>(moe_layers(model)) * static_cast<double>(model.experts.value) *
           mlp_parameters(model, model.expert_ffn.value);
}

double extra_parameters(const Model& model) { return prediction(model, pattern_of(model), true); }

std::string weights_text(const Model& model) {
    const WeightCount w = weights_of(model);
    const std::string extra =
        w.extra > 0 ? fmt::format(" and {:#.4g} billion for multi-token prediction", w.extra / 1e9)
                    : "";
    return fmt::format("{:#.4g} billion weights{}, {:#.4g} billion met by a token", w.total / 1e9,
                       extra, w.active / 1e9);
}

}  // namespace millwright
