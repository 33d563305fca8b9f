// Weights by the formulas of each layer. Norms count their scale alone; what else a family has
// (gates, indexes, other mixers) catalog/config_weights.cpp counts.
#include "millwright/parts/model.h"

#include <algorithm>

#include <fmt/format.h>

namespace millwright {
namespace {

double real(const Cited<std::int64_t>& count) { return static_cast<double>(count.value); }

/// Multi-latent attention (DeepSeek-V2): a down projection to the latent and the rotary key that
/// all heads share, up projections to keys and values, the same of the query unless it has no
/// latent, and a norm of each latent, whose weights are as many as its rank.
double mla_parameters(const Model& m) {
    const double h = real(m.hidden);
    const double heads = real(m.heads);
    const double qk = real(m.nope_dim) + real(m.rope_dim);
    const double query = m.q_lora.value > 0 ? real(m.q_lora) * (h + heads * qk + 1)  // with norm
                                            : h * heads * qk;
    const double down = h * (real(m.kv_lora) + real(m.rope_dim)) + real(m.kv_lora);
    const double up = real(m.kv_lora) * heads * (real(m.nope_dim) + real(m.v_dim));
    return query + down + up + heads * real(m.v_dim) * h;
}

/// MLP weights of layer `index` that a token meets; all experts if `every_expert`.
double layer_mlp(const Model& m, std::int64_t index, bool every_expert) {
    if (!has_experts(m, index)) return mlp_parameters(m, m.ffn.value);
    return experts_parameters(m, every_expert ? real(m.experts) : real(m.top_k));
}

/// Embedding and head, learnt positions and the final norm; two norms in each layer.
double sum_of(const Model& m, bool every_expert) {
    const double h = real(m.hidden);
    double sum = h * real(m.vocab) * (m.tied_embeddings ? 1 : 2) + h * real(m.positions) + h;
    for (std::int64_t i = 0; i < m.layers.value; ++i) {
        sum += attention_parameters(m) + 2 * h + layer_mlp(m, i, every_expert);
    }
    return sum;
}

/// A prediction block is one more of the last layer, a projection of two states to one and norms.
double prediction(const Model& m, bool every_expert) {
    const double h = real(m.hidden);
    const double block =
        attention_parameters(m) + 2 * h + layer_mlp(m, m.layers.value - 1, every_expert);
    return real(m.mtp_layers) * (block + 2 * h * h + 3 * h);
}

}  // namespace

// Layers are counted from 1 in "every n-th": with 2, those of index 1, 3, 5 have experts.
// The count begins with the model, not behind its dense layers.
bool has_experts(const Model& model, std::int64_t index) {
    const auto at = static_cast<std::size_t>(index);
    if (at < model.expert_layers.size()) return model.expert_layers[at];
    if (!is_moe(model) || index < model.dense_layers.value) return false;
    const std::int64_t every = std::max<std::int64_t>(1, model.moe_every.value);
    return (index + 1) % every == 0;
}

bool is_windowed(const Model& model, std::int64_t index) {
    if (model.window.value == 0) return false;
    const auto at = static_cast<std::size_t>(index);
    if (at < model.windowed_layers.size()) return model.windowed_layers[at];
    return model.full_every.value == 0 || (index + 1) % model.full_every.value != 0;
}

std::int64_t moe_layers(const Model& model) {
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < model.layers.value; ++i) count += has_experts(model, i) ? 1 : 0;
    return count;
}

double attention_parameters(const Model& model) {
    if (is_mla(model)) return mla_parameters(model);
    const double h = real(model.hidden);
    const double q = real(model.heads) * real(model.head_dim);
    const double kv = real(model.kv_heads) * real(model.head_dim);
    // of query, keys, values and output
    const double biases = model.biases ? q + 2 * kv + h : 0;
    return h * (q + 2 * kv) + q * h + biases;
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

WeightCount weights_of(const Model& model) {
    if (model.counted.total > 0) return model.counted;
    return {.total = sum_of(model, true),
            .active = sum_of(model, false),
            .extra = prediction(model, true),
            .active_extra = prediction(model, false)};
}

double parameters(const Model& model) {
    return model.counted.total > 0 ? model.counted.total : sum_of(model, true);
}

double active_parameters(const Model& model) {
    return model.counted.total > 0 ? model.counted.active : sum_of(model, false);
}

double extra_parameters(const Model& model) {
    return model.counted.total > 0 ? model.counted.extra : prediction(model, true);
}

std::string weights_text(const Model& model) {
    const WeightCount w = weights_of(model);
    const std::string extra =
        w.extra > 0 ? fmt::format(" and {:#.4g} billion for multi-token prediction", w.extra / 1e9)
                    : "";
    return fmt::format("{:#.4g} billion weights{}, {:#.4g} billion met by a token", w.total / 1e9,
                       extra, w.active / 1e9);
}

}  // namespace millwright
