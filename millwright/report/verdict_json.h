// Verdicts as JSON (docs/reference/json.md). The code of each authority stands under its id.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "millwright/rules/verdict.h"

namespace millwright {

nlohmann::ordered_json verdict_json(const Verdict& verdict);

/// The code of the part's class; null where the authority has no classes.
nlohmann::ordered_json class_json(const Outcome& outcome);

/// The codes alone: {"us": ..., "cn": ..., "class": ...}.
nlohmann::ordered_json codes_json(const Verdict& verdict);

/// Each authority's answer with its words in tables and its tier: free, possible, denied or open.
nlohmann::ordered_json answers_json(const Verdict& verdict);

}  // namespace millwright
