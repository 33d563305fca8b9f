// What degraded and failed links make of a fabric, told before anything is timed on it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millwright/fabric/shape.h"

namespace millwright {

/// Names of degraded links that a shape has at no size, by itself or below the domains of servers.
/// Makes the graph of the full fabric, and a second one where some are unknown.
std::vector<std::string> unknown_links(const FabricShape& shape);

/// The name of the first link of each tier, for hints: how links are named.
std::vector<std::string> link_examples(const FabricGraph& graph);

/// Two endpoints between which failed links leave no way. Asked of the ways from each endpoint to
/// the next one, to the same of the next domain and half around: neighbours, ports and the top of
/// the fabric, in three ways an endpoint instead of one for every two. Nothing unless links failed.
std::optional<std::pair<std::uint32_t, std::uint32_t>> cut_off(const FabricGraph& graph);

}  // namespace millwright
