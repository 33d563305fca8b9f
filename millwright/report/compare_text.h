// Differences of two scenarios, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/compare.h"

namespace millwright {

/// A line a difference.
std::string compare_text(const CompareAnswer& answer);

nlohmann::ordered_json compare_json(const CompareAnswer& answer);

}  // namespace millwright
