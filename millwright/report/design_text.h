// Chips designed under a rule as text and JSON.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/design.h"

namespace millwright {

/// A row for each job and set of rules, beside the best design of the process without rules; then
/// why each is let through. DRAM and I/O are in GB/s of both directions together, as the rules
/// count them; tokens are a second and chip.
std::string designs_text(const ChipDesignAnswer& answer);
/// `title` and `designs`, the first without rules ("none"). A job that no design can do under a set
/// is null; `of_unrestricted` is a share of the tokens of the best design without rules.
nlohmann::ordered_json designs_json(const ChipDesignAnswer& answer);

}  // namespace millwright
