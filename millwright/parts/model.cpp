// Layers come from `own_layers` as far as these go, else from the counts. Either way a pattern is
// kinds and their order, so that costs are of kinds and not of layers. Kinds are sorted, those
// without experts and windows first, as sums round by their order. "Every n-th" counts from the
// model's first layer, dense ones included.
#include "millwright/parts/model.h"

#include <algorithm>
#include <array>
#include <numeric>

#include <fmt/format.h>

namespace millwright {
namespace {

// Layers are counted from 1 in "every n-th": with 2, those of index 1, 3, 5 have experts.
// The count begins with the model, not behind its dense layers.
bool has_experts(const Model& model, std::int64_t index) {
    if (!is_moe(model) || index < model.dense_layers.value) return false;
    const std::int64_t every = std::max<std::int64_t>(1, model.moe_every.value);
    return (index + 1) % every == 0;
}

bool is_windowed(const Model& model, std::int64_t index) {
    if (model.window.value == 0) return false;
    return model.full_every.value == 0 || (index + 1) % model.full_every.value != 0;
}

bool has_delta(const Model& model, std::int64_t index) {
    if (model.delta_heads.value == 0) return false;
    return model.delta_full_every.value == 0 || (index + 1) % model.delta_full_every.value != 0;
}

Mixer delta_of(const Model& m) {
    return {.kind = MixerKind::delta,
            .heads = m.delta_heads.value,
            .head_dim = m.delta_width.value,
            .kv_heads = m.delta_key_heads.value,
            .state = m.delta_key_width.value,
            .convolution = m.delta_convolution.value};
}

bool attends(const Mixer& mixer) {
    return mixer.kind == MixerKind::attention || mixer.kind == MixerKind::latent ||
           mixer.kind == MixerKind::sparse;
}

Layer layer_at(const Model& model, std::int64_t index) {
    const auto at = static_cast<std::size_t>(index);
    return at < model.own_layers.size() ? model.own_layers[at] : counted_layer(model, index);
}

/// Whatever mixes the last layer, a block attends, and has experts if the model has.
Layer prediction_layer(const Model& model) {
    Layer block = layer_at(model, model.layers.value - 1);
    block.mixer = attention_of(model);
    for (const Layer& layer : model.own_layers) {
        if (attends(layer.mixer)) block.mixer = layer.mixer;
    }
    block.mixer.window = 0;
    if (block.channel == ChannelKind::none) {
        block.channel = is_moe(model) ? ChannelKind::experts : ChannelKind::dense;
        block.ffn = is_moe(model) ? 0 : model.ffn.value;
    }
    return block;
}

std::size_t place_of(std::vector<Layer>& kinds, const Layer& layer) {
    const auto same = std::find(kinds.begin(), kinds.end(), layer);
    if (same == kinds.end()) return kinds.push_back(layer), kinds.size() - 1;
    return static_cast<std::size_t>(same - kinds.begin());
}

}  // namespace

Mixer attention_of(const Model& m) {
    Mixer mixer{.kind = MixerKind::attention, .heads = m.heads.value};
    if (m.kv_lora.value > 0) {
        mixer.kind = MixerKind::latent;
        mixer.q_lora = m.q_lora.value;
        mixer.kv_lora = m.kv_lora.value;
        mixer.rope_dim = m.rope_dim.value;
        mixer.nope_dim = m.nope_dim.value;
        mixer.v_dim = m.v_dim.value;
        if (m.index_heads.value > 0) {
            mixer.kind = MixerKind::sparse;
            mixer.index_heads = m.index_heads.value;
            mixer.index_dim = m.index_dim.value;
            mixer.index_keys = m.index_keys.value;
        }
    } else {
        mixer.kv_heads = m.kv_heads.value;
        mixer.head_dim = m.head_dim.value;
    }
    mixer.gated_output = m.gated_output;
    return mixer;
}

Layer counted_layer(const Model& model, std::int64_t index) {
    Layer layer{.mixer = has_delta(model, index) ? delta_of(model) : attention_of(model)};
    if (is_windowed(model, index)) layer.mixer.window = model.window.value;
    const bool experts = has_experts(model, index);
    layer.channel = experts ? ChannelKind::experts : ChannelKind::dense;
    layer.ffn = experts ? 0 : model.ffn.value;
    return layer;
}

Pattern pattern_of(const Model& model) {
    std::vector<Layer> found;
    std::vector<std::size_t> order;
    order.reserve(static_cast<std::size_t>(model.layers.value));
    for (std::int64_t i = 0; i < model.layers.value; ++i) {
        order.push_back(place_of(found, layer_at(model, i)));
    }
    std::size_t prediction = 0;
    if (model.mtp_layers.value > 0) prediction = place_of(found, prediction_layer(model));
    // sums over kinds round alike wherever a model's first window or expert stands
    std::vector<std::size_t> sorted(found.size());
    std::iota(sorted.begin(), sorted.end(), 0U);
    std::stable_sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) {
        const auto rank = [&](std::size_t kind) {
            return std::pair(found[kind].channel == ChannelKind::experts,
                             found[kind].mixer.window > 0);
        };
        return rank(a) < rank(b);
    });
    std::vector<std::size_t> now(found.size());
    Pattern pattern;
    for (const std::size_t kind : sorted) {
        now[kind] = pattern.kinds.size();
        pattern.kinds.push_back(found[kind]);
    }
    for (std::size_t& kind : order) kind = now[kind];
    pattern.order = std::move(order);
    pattern.prediction = now[prediction];
    return pattern;
}

std::int64_t moe_layers(const Model& model) {
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < model.layers.value; ++i) {
        count += layer_at(model, i).channel == ChannelKind::experts ? 1 : 0;
    }
    return count;
}

double routed_experts(const Model& model) {
    const auto experts = static_cast<double>(model.experts.value);
    const auto idle = static_cast<double>(model.idle_experts);
    // choices fall evenly on all
    return static_cast<double>(model.top_k.value) * (experts / std::max(1.0, experts + idle));
}

std::int64_t dividing_heads(const Model& model) {
    std::int64_t ways = 0;
    for (const Layer& layer : pattern_of(model).kinds) ways = std::gcd(ways, layer.mixer.heads);
    return std::max<std::int64_t>(1, ways);
}

std::string mixers_text(const Model& model) {
    std::array<std::int64_t, mixer_count> counts{};
    for (std::int64_t i = 0; i < model.layers.value; ++i)
        ++counts[static_cast<std::size_t>(layer_at(model, i).mixer.kind)];
    for (const MixerKind plain : {MixerKind::attention, MixerKind::latent}) {
        if (counts[static_cast<std::size_t>(plain)] == model.layers.value) return "";
    }
    std::string text;
    for (std::size_t kind = 0; kind < counts.size(); ++kind) {
        if (counts[kind] == 0) continue;
        text += fmt::format("{}{} of {}", text.empty() ? "" : ", ", counts[kind],
                            name_of(static_cast<MixerKind>(kind)));
    }
    return text;
}

}  // namespace millwright
