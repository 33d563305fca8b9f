#include "millwright/rules/timeline.h"

#include <algorithm>

namespace millwright {
namespace {

/// Rules that decide may change without a new entry; the state of review, which is told in the
/// conditions, may not.
bool same_answer(const Verdict& a, const Verdict& b) {
    const auto same_conditions = [](const Outcome& x, const Outcome& y) {
        return x.conditions == y.conditions;
    };
    return same_codes(a, b) && a.supply == b.supply &&
           std::ranges::equal(a.outcomes, b.outcomes, same_conditions);
}

/// Turns after the first day up to the last one, with the month in which the chip comes on sale,
/// which changes supply.
std::vector<Date> days_between(const Rulebook& book, const ChipFacts& chip, const Date& from,
                               const Date& until) {
    std::vector<Date> days{from};
    for (const Date& day : turning_days(book)) {
        if (from < day && day <= until) days.push_back(day);
    }
    const auto launch = parse_date(launch_month(chip.launch) + "-01");
    if (launch && from < *launch && *launch <= until) days.push_back(*launch);
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    return days;
}

/// All events of the day, notes too, in the order in which their rules were announced.
std::vector<std::string> events_on(const Rulebook& book, const Date& day) {
    std::vector<std::string> events;
    for (const Rule& rule : book.rules) {
        for (const RuleEvent& event : rule.events) {
            if (event.on != day) continue;
            events.push_back(rule.id + " " + std::string(name_of(event.what)));
        }
    }
    return events;
}

}  // namespace

std::vector<TimelineEntry> timeline(const Rulebook& book, const RuleQuery& query, const Date& from,
                                    const Date& until) {
    std::vector<TimelineEntry> entries;
    RuleQuery then = query;
    for (const Date& day : days_between(book, query.chip, from, until)) {
        then.date = day;
        Verdict verdict = judge(book, then);
        if (!entries.empty() && same_answer(entries.back().verdict, verdict)) continue;
        entries.push_back({day, std::move(verdict), events_on(book, day)});
    }
    return entries;
}

}  // namespace millwright
