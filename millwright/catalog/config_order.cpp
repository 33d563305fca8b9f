// From layers one by one back to the few counts of a model, where they can say the same: counts are
// shorter to show. Every form is tried against all layers before it is taken; where none fits the
// model keeps a list.
#include <algorithm>

#include "millwright/catalog/config_layers.h"

namespace millwright {

void set_order(const std::vector<Layer>& layers, Model& m) {
    // whether the model, as its counts stand by now, says of every layer what was read
    const auto matches = [&](auto&& part) {
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const Layer counted = counted_layer(m, static_cast<std::int64_t>(i));
            if (part(counted) != part(layers[i])) return false;
        }
        return true;
    };
    const auto experts = [](const Layer& l) { return l.channel == ChannelKind::experts; };
    const auto first = std::find_if(layers.begin(), layers.end(), experts) - layers.begin();
    // dense layers first and experts in all that follow
    m.moe_every.value = is_moe(m) ? 1 : 0;
    m.dense_layers.value = is_moe(m) ? first : 0;
    if (is_moe(m) && !matches(experts)) {
        // experts in every n-th layer from the beginning
        m.moe_every.value = first + 1;
        m.dense_layers.value = 0;
    }
    const auto windowed = [](const Layer& l) { return l.mixer.window > 0; };
    const auto full = std::find_if_not(layers.begin(), layers.end(), windowed) - layers.begin();
    const bool some = std::any_of(layers.begin(), layers.end(), windowed);
    // a window that no layer has would be shown as if it did something
    if (!some) m.window.value = 0;
    m.full_every.value = some && full < m.layers.value ? full + 1 : 0;
    if (!matches([](const Layer& layer) { return layer; })) m.own_layers = layers;
}

}  // namespace millwright
