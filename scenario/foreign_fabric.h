// Descriptions of fabrics by other tools: recognised, and refused with what to write instead.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace millwright {

/// What to do instead, if the text is another tool's: an NCCL topology or graph (XML), a network of
/// astra-sim (YAML, JSON or its older text), any XML, YAML or JSON.
std::optional<Fault> foreign_fabric(std::string_view text, const std::string& file);

}  // namespace millwright
