// Differences of two scenarios, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/compare.h"

namespace millwright {

/// Why jobs cost and take what they do, in sentences, of two factories with tables; then a line a
/// difference: both sides in readable units, and the change in percent where there is one.
/// Words too long for columns stand below the table in full. Where nothing differs, that is said.
std::string compare_text(const CompareAnswer& answer);

/// All differences in the answer's order: numbers in SI units and USD, one that is not finite as
/// null, words as they are. `change` is b / a - 1, a share and no percentage; null where
/// `change_of` has none. `explanations` have all terms.
nlohmann::ordered_json compare_json(const CompareAnswer& answer);

}  // namespace millwright
