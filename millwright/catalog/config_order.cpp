// From layers one by one back to the few counts of a model, where they can say the same: operations
// are made for each kind of layer, and counts are shorter to show. Every form is tried against all
// layers before it is taken; where none fits the model keeps a list.
#include <algorithm>

#include "millwright/catalog/config_layers.h"

namespace millwright {

void set_order(const std::vector<LayerPlan>& layers, Model& m) {
    // whether the model, as its counts stand by now, says of every layer what the plan says
    const auto matches = [&](auto&& says, auto&& is) {
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (says(m, static_cast<std::int64_t>(i)) != is(layers[i])) return false;
        }
        return true;
    };
    const auto experts = [](const LayerPlan& l) { return l.channel == Mlps::experts; };
    const auto first = std::find_if(layers.begin(), layers.end(), experts) - layers.begin();
    // dense layers first and experts in all that follow
    m.moe_every.value = is_moe(m) ? 1 : 0;
    m.dense_layers.value = is_moe(m) ? first : 0;
    if (is_moe(m) && !matches(has_experts, experts)) {
        // experts in every n-th layer from the beginning
        m.moe_every.value = first + 1;
        m.dense_layers.value = 0;
    }
    if (is_moe(m) && !matches(has_experts, experts)) {
        for (const LayerPlan& layer : layers) m.expert_layers.push_back(experts(layer));
    }
    const auto windowed = [](const LayerPlan& l) { return l.windowed; };
    const auto full = std::find_if_not(layers.begin(), layers.end(), windowed) - layers.begin();
    const bool some = std::any_of(layers.begin(), layers.end(), windowed);
    // a window that no layer has would be shown as if it did something
    if (!some) m.window.value = 0;
    m.full_every.value = some && full < m.layers.value ? full + 1 : 0;
    if (some && !matches(is_windowed, windowed)) {
        for (const LayerPlan& layer : layers) m.windowed_layers.push_back(layer.windowed);
    }
}

void name_unlike_layers(ConfigReading& r, const Model& m, const std::vector<LayerPlan>& layers) {
    const auto any = [&](auto&& is) { return std::any_of(layers.begin(), layers.end(), is); };
    const bool alone =
        any([](const LayerPlan& l) { return l.mixer == Mixer::none || l.channel == Mlps::none; });
    if (alone) r.untimed.push_back("layers without a token mixer or without an MLP");
    const bool heads = any([&](const LayerPlan& l) {
        return l.kv_heads != m.kv_heads.value || l.head_dim != m.head_dim.value;
    });
    if (heads) r.untimed.push_back("layers with heads of their own");
    const bool widths = any([&](const LayerPlan& l) { return l.ffn != m.ffn.value; });
    if (widths) r.untimed.push_back("layers with MLPs of their own width");
}

}  // namespace millwright
