// Layers of a search of architectures, each a block with its own attention and MLP.
#include <algorithm>

#include "millwright/catalog/config_layers.h"

namespace millwright {
namespace {

using Json = nlohmann::json;

/// Attention shares keys among `n_heads_in_group` heads or says their number; the MLP is as wide as
/// `intermediate_size`, or 2/3 of `ffn_mult` times the hidden size, rounded up to 256 (DeciLM).
void take_block(ConfigReading& r, const Model& m, const Json& block, Layer& layer) {
    const auto part = [&](const char* name) {
        const auto at = block.find(name);
        return at != block.end() && at->is_object() ? *at : Json::object();
    };
    const Json attention = part("attention");
    const Json ffn = part("ffn");
    // `no_op` and `replace_with_linear` are flags; null and absent are false
    const auto off = [](const Json& of, const char* key) { return of.value(key, Json()) == true; };
    // zero stands for absent: no width or count of a block that is there is zero
    const auto number = [&](const Json& of, const char* key) -> double {
        const auto at = of.find(key);
        return at != of.end() && at->is_number() && *at > 0 && *at < 1e9 ? at->get<double>() : 0;
    };
    if (off(attention, "no_op")) {
        layer.mixer.kind = MixerKind::none;
    } else if (off(attention, "replace_with_linear")) {
        layer.mixer.kind = MixerKind::linear;
    } else if (const double group = number(attention, "n_heads_in_group"); group > 0) {
        layer.mixer.kv_heads =
            static_cast<std::int64_t>(static_cast<double>(m.heads.value) / group);
    } else if (const double heads = number(attention, "num_key_value_heads"); heads > 0) {
        layer.mixer.kv_heads = static_cast<std::int64_t>(heads);
    } else {
        r.fault("block_configs", "a block of 'block_configs' lacks its attention",
                "attention has no_op, replace_with_linear, n_heads_in_group or "
                "num_key_value_heads");
    }
    if (off(ffn, "no_op")) {
        layer.channel = ChannelKind::none;
    } else if (const double factor = number(ffn, "ffn_mult"); factor > 0) {
        const auto width =
            static_cast<std::int64_t>(2 * factor * static_cast<double>(m.hidden.value) / 3);
        layer.ffn = (width + 255) / 256 * 256;
    } else if (const double width = number(ffn, "intermediate_size"); width > 0) {
        layer.ffn = static_cast<std::int64_t>(width);
    } else {
        r.fault("block_configs", "a block of 'block_configs' has an MLP that is not understood",
                "ffn has no_op, ffn_mult or intermediate_size");
    }
}

}  // namespace

void place_blocks(ConfigReading& r, const Model& m, std::vector<Layer>& plans) {
    const Json* blocks = value_of(r, {"block_configs"});
    if (blocks == nullptr) return;
    const bool list =
        blocks->is_array() &&
        std::all_of(blocks->begin(), blocks->end(), [](const Json& b) { return b.is_object(); });
    if (!list) {
        r.fault("block_configs", "'block_configs' is not a list of blocks",
                "each is an object with attention and ffn");
        return;
    }
    if (!fits_layers(r, "block_configs", blocks->size()) || r.layers == 0) return;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        take_block(r, m, (*blocks)[blocks->size() == 1 ? 0 : i], plans[i]);
    }
}

}  // namespace millwright
