// Verdicts as JSON (docs/reference/study-json.md). The code of each authority stands under its id.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "millwright/report/json_table.h"
#include "millwright/rules/verdict.h"

namespace millwright {

/// The whole verdict. `rule`, `reason`, `conditions`, `confidence` and `class` are of the authority
/// that leads, the reasons of the others stand as ID_reason; `answers` has all of each. `unsettled`
/// is an old name of `open` and says the same. `value` of a test is a number, or [low, high] where
/// the figure is open, null for an end without a bound.
nlohmann::ordered_json verdict_json(const Verdict& verdict);

/// The code of the part's class; null where the authority has no classes.
nlohmann::ordered_json class_json(const Outcome& outcome);

/// The codes alone: {"us": ..., "cn": ..., "class": ...}.
nlohmann::ordered_json codes_json(const Verdict& verdict);

/// Each authority's answer with its words in tables and its tier: free, possible, denied or open.
nlohmann::ordered_json answers_json(const Verdict& verdict);

/// For the reference: a verdict and the objects within.
std::vector<JsonObject> verdict_objects();

}  // namespace millwright
