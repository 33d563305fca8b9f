// The best plans of a model, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/plan.h"

namespace millwright {

/// What was asked, defaults too, so that none goes unseen.
std::string asked_text(const PlanQuestion& question, const Framework& framework);

/// The front, at most `top` plans of it, the first one's ledgers, and why the others lost;
/// `seconds` is how long the search took.
std::string plan_answer_text(const PlanAnswer& answer, std::size_t top, double seconds);

/// As docs/reference/json.md says.
nlohmann::ordered_json plan_answer_json(const PlanAnswer& answer, double seconds);

}  // namespace millwright
