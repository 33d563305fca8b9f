// Reads a scenario file. A file that is valid TOML is read as far as it can be: its faults come
// with the text, and `resolve` tells them together with what the catalog does not know.
#pragma once

#include <string>

#include "millwright/base/result.h"
#include "millwright/intake/text.h"

namespace millwright {

/// Largest scenario file that is read.
/// In bytes; of frontiers too.
inline constexpr std::size_t scenario_file_limit = 4'000'000;

/// Fails where the file cannot be read or is no TOML; else see `ScenarioText::faults`.
Result<ScenarioText> read_scenario(const std::string& path);
/// The same from text in memory; `file` names it in places of faults and need not exist.
Result<ScenarioText> parse_scenario(std::string_view text, const std::string& file);

}  // namespace millwright
