// Files of other tools, known by what stands in them, so that they are refused by name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "millwright/base/result.h"

namespace millwright {

/// What the file is and what to do with it, if it is one of: output of nccl-tests, NCCL topology
/// or graph XML, a network of ASTRA-sim (YAML or JSON), a PyTorch execution trace, a Kineto trace.
/// Only the beginning is looked at, and nothing is parsed: the file may be large or broken.
std::optional<Fault> foreign_file(std::string_view text, const std::string& path);

/// The same for what was given as a fabric, where any XML, JSON or YAML is foreign.
std::optional<Fault> foreign_fabric(std::string_view text, const std::string& path);

}  // namespace millwright
