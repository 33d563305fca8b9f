// What degraded and failed links make of a fabric, told before anything is timed on it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millwright/fabric/shape.h"

namespace millwright {

/// Names of degraded links that a shape has at no size, by itself or below the domains of servers.
std::vector<std::string> unknown_links(const FabricShape& shape);

/// A link of each tier: how links are named.
std::vector<std::string> link_examples(const FabricGraph& graph);

/// Two endpoints between which failed links leave no way. Asked of the ways from each endpoint to
/// the next one, to the same of the next domain and half around.
std::optional<std::pair<std::uint32_t, std::uint32_t>> cut_off(const FabricGraph& graph);

}  // namespace millwright
