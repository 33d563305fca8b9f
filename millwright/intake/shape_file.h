// A fabric from a file (TOML): its kind, ports, tiers, planes, scale-up domains, failed links.
//
// Keys are those of docs/reference/fabrics.md. A file says what a fabric is made of, not how many
// endpoints use it: commands and factories do (`made_for`). Whether its degraded links exist is
// asked later as well (`unknown_links`), as their names are known to graphs alone.
//
// Three passes: keys by their field tables, then what keys say together, then the size of the
// fabric when it is full. A pass is made only if the one before found no fault, as it takes for
// granted what that one checked. Sizes come last and before any graph: 4,000,000 endpoints or
// 40,000,000 links are the most that graphs are made for.
#pragma once

#include <string>

#include "millwright/base/result.h"
#include "millwright/fabric/shape.h"

namespace millwright {

/// Reads a fabric, without endpoints, routed by hash. All faults of a pass at once; a file that
/// cannot be read is one. Files of other tools (NCCL's XML, ASTRA-sim's YAML) are refused by name.
Result<FabricShape> read_shape(const std::string& path);
/// The same of text; `file` is what faults call it.
Result<FabricShape> parse_shape(std::string_view text, const std::string& file);

/// A fabric that came with the program, by name; a fault with the nearest name.
Result<FabricShape> shape_named(const std::string& name);
/// Their names: `fat-tree`, which no file describes, then those of `data/topologies`.
std::vector<std::string> shape_names();

}  // namespace millwright
