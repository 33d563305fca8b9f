// The layers of a configured model one by one: what mixes tokens in each, and what follows it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/catalog/config_reading.h"
#include "millwright/parts/model.h"

namespace millwright {

/// The layers of `model`, whose widths, window and experts are read already. Each has the model's
/// attention, or the kind of another mixer whose widths are still to be read.
std::vector<Layer> read_layers(ConfigReading& r, const Model& model);

/// What `block_configs` says of each layer.
void place_blocks(ConfigReading& r, const Model& model, std::vector<Layer>& layers);

/// Whether the MLP has a gate: the family says it, or else the activation.
bool is_gated(ConfigReading& r);

/// The widths of every layer's mixer.
void read_mixers(ConfigReading& r, const Model& model, std::vector<Layer>& layers);

/// The order of layers as the model's counts say it, or one by one where they cannot.
void set_order(const std::vector<Layer>& layers, Model& model);

}  // namespace millwright
