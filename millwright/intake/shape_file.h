// A fabric from a file (TOML): its kind, ports, tiers, planes, scale-up domains, failed links.
#pragma once

#include <string>

#include "millwright/base/result.h"
#include "millwright/fabric/shape.h"

namespace millwright {

/// Reads a fabric, without endpoints, routed by hash. All faults at once.
Result<FabricShape> read_shape(const std::string& path);
Result<FabricShape> parse_shape(std::string_view text, const std::string& file);

/// A fabric that came with the program, by name; a fault with the nearest name.
Result<FabricShape> shape_named(const std::string& name);
std::vector<std::string> shape_names();

}  // namespace millwright
