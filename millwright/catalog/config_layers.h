// The layers of a configured model one by one: what mixes tokens in each, and what follows it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/catalog/config_reading.h"
#include "millwright/parts/model.h"

namespace millwright {

/// What lets tokens see each other. Only attention is timed; of the others weights are counted.
enum class Mixer {
    none,
    attention,
    linear,
    mamba,
    mamba2,
    delta,
    kimi_delta,
    lightning,
    short_conv
};
/// What follows the mixer in a layer.
enum class Mlps { none, dense, experts };

template <>
struct EnumNames<Mixer> {
    static constexpr std::array<std::string_view, 9> names{"no token mixer",
                                                           "attention",
                                                           "a linear layer for attention",
                                                           "Mamba",
                                                           "Mamba-2",
                                                           "gated delta net",
                                                           "Kimi delta attention",
                                                           "lightning attention",
                                                           "short convolution"};
};

/// One layer. Widths are those of the model unless the configuration gives the layer its own; heads
/// count where it has attention, `ffn` where it has a dense MLP.
struct LayerPlan {
    Mixer mixer = Mixer::attention;
    bool windowed = false;
    Mlps channel = Mlps::dense;
    std::int64_t kv_heads = 0, head_dim = 0, ffn = 0;
};

/// The layers of `model`, whose widths, window and experts are read already.
std::vector<LayerPlan> read_layers(ConfigReading& r, const Model& model);

/// What `block_configs` says of each layer.
void place_blocks(ConfigReading& r, const Model& model, std::vector<LayerPlan>& layers);

/// Whether the MLP has a gate: the family says it, or else the activation.
bool is_gated(ConfigReading& r);

/// The order of layers as the model's counts say it, or one by one where they cannot.
void set_order(const std::vector<LayerPlan>& layers, Model& model);

/// What of the layers no operation describes, into `r.untimed`.
void name_unlike_layers(ConfigReading& r, const Model& model, const std::vector<LayerPlan>& layers);

}  // namespace millwright
