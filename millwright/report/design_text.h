// Chips designed under a rule as text and JSON.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/design.h"

namespace millwright {

/// A row for each job and set of rules, against the best designs of the process without any.
std::string designs_text(const ChipDesignAnswer& answer);
nlohmann::ordered_json designs_json(const ChipDesignAnswer& answer);

}  // namespace millwright
