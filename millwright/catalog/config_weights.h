// The weights of a configured model, layer by layer, whatever mixes its tokens.
#pragma once

#include <vector>

#include "millwright/catalog/config_layers.h"

namespace millwright {

/// Counts the layers, reading the widths that only the count needs, and lists in `r.untimed` what
/// they have that no operation describes.
WeightCount count_layers(ConfigReading& r, const Model& model,
                         const std::vector<LayerPlan>& layers);

}  // namespace millwright
