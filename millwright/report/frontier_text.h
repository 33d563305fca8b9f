// A lawful frontier as text and JSON.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/lawful/frontier.h"

namespace millwright {

/// For each buyer one line a change, then the last month's factories side by side.
std::string frontier_text(const FrontierStudy& study);

/// Every month with the best of each line.
nlohmann::ordered_json frontier_json(const FrontierStudy& study);

}  // namespace millwright
