// Rules and their answers over time, as text and JSON.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/rules.h"

namespace millwright {

/// One line a change with a bar of the years, then the reason of each with the rules that turned on
/// that day. There is always an entry, that of the first day.
std::string timeline_text(const RulesTimelineAnswer& answer);
/// `until` of an entry is the day on which the next begins, so spans leave no gap; that of the last
/// is the end of the timeline.
nlohmann::ordered_json timeline_json(const RulesTimelineAnswer& answer);

/// A rule in words: authority, citation, dates, tests and answers.
std::string rule_text(const Catalog& catalog, const Rule& rule);
/// The same by key. `known` of an event is when it became public, `scope` who and what an answer is
/// about, in words; `data_centre` is null where a line holds for any market.
nlohmann::ordered_json rule_json(const Catalog& catalog, const Rule& rule);

}  // namespace millwright
