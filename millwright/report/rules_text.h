// Rules and their answers over time, as text and JSON.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/rules.h"

namespace millwright {

/// One line a change with a bar of the years, then the reason of each.
std::string timeline_text(const RulesTimelineAnswer& answer);
nlohmann::ordered_json timeline_json(const RulesTimelineAnswer& answer);

/// A rule in words: authority, citation, dates, tests and answers.
std::string rule_text(const Catalog& catalog, const Rule& rule);
nlohmann::ordered_json rule_json(const Catalog& catalog, const Rule& rule);

}  // namespace millwright
