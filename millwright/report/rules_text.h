// Export rules and their answers over time, as text and JSON.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "millwright/catalog/catalog.h"
#include "millwright/rules/timeline.h"

namespace millwright {

/// One line a change with a bar of the years, then the reason of each.
std::string timeline_text(const std::vector<TimelineEntry>& entries, const Date& until);
nlohmann::ordered_json timeline_json(const std::vector<TimelineEntry>& entries, const Date& until);

/// A rule in words: authority, citation, dates, tests and answers.
std::string rule_text(const Catalog& catalog, const Rule& rule);
nlohmann::ordered_json rule_json(const Catalog& catalog, const Rule& rule);

}  // namespace millwright
