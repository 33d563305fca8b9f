// Reads a scenario file; all faults of a file that parses are reported at once.
#pragma once

#include <string>

#include "base/result.h"
#include "scenario/text.h"

namespace millwright {

/// Largest scenario file that is read.
inline constexpr std::size_t scenario_file_limit = 4'000'000;

Result<ScenarioText> read_scenario(const std::string& path);
Result<ScenarioText> parse_scenario(std::string_view text, const std::string& file);

}  // namespace millwright
