// A verdict over time.
// Answers change only on days on which a rule turns or the chip is launched, so only these are
// judged.
#pragma once

#include <vector>

#include "millwright/rules/verdict.h"

namespace millwright {

/// A span of days with one answer.
struct TimelineEntry {
    Date from{};
    Verdict verdict;
    std::vector<std::string> events;  // rules that turned on that day, with what they did
};

/// One entry for each change of a class, a verdict, supply or the state of review from
/// `from` until `until`, the first day included. The date of the query does not matter.
std::vector<TimelineEntry> timeline(const Rulebook& book, const RuleQuery& query, const Date& from,
                                    const Date& until);

}  // namespace millwright
