// The best plans of a model, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/plan.h"
#include "millwright/report/json_table.h"

namespace millwright {

/// What was asked in one line, defaults too, so that none goes unseen. The question leaves the
/// framework to the chip's vendor; `framework` is the one that was taken.
std::string asked_text(const PlanQuestion& question, const Framework& framework);

/// The front, at most `top` plans of it, the first one's ledgers, and why the others lost; where
/// none can be used, what stands in the way. `seconds` is how long the search took by the clock,
/// which is no part of the answer.
std::string plan_answer_text(const PlanAnswer& answer, std::size_t top, double seconds);

/// As docs/reference/study-json.md says: the whole front, whatever is printed as text. `late`,
/// `days` and dollars are of each plan; the last two are null without tokens.
nlohmann::ordered_json plan_answer_json(const PlanAnswer& answer, double seconds);

/// The front of that JSON as a table, a line a plan, without ledgers.
std::string plans_csv(const PlanAnswer& answer);

/// For the reference: the answer and a plan of it.
std::vector<JsonObject> plan_objects();

}  // namespace millwright
