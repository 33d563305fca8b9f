// Many chips, days and destinations at once.
//
// Rules turn on few days and tell few kinds of country apart. So one decision is made for each
// chip, span of days and kind of country, and copied to all days and countries that are alike: a
// further one costs two bytes to copy.
#include "millwright/rules/decide.h"

#include <algorithm>
#include <map>

namespace millwright {
namespace {

/// A bit a row; the same for parties which no row tells apart.
using Signature = std::vector<bool>;

/// Destinations by the rows that they fall under; who falls under the same gets the same answer.
struct DestinationGroups {
    std::vector<std::size_t> group_of;  // by item
    std::vector<Signature> groups;
};

DestinationGroups group_destinations(const Rulebook& book,
                                     std::span<const std::string> destinations) {
    DestinationGroups grouping;
    std::map<Signature, std::size_t> seen;
    for (const std::string& code : destinations) {
        const Signature rows = rows_of(book, {.to = code, .headquarters = code});
        const auto [at, is_new] = seen.emplace(rows, grouping.groups.size());
        if (is_new) grouping.groups.push_back(rows);
        grouping.group_of.push_back(at->second);
    }
    return grouping;
}

/// Days between the same two turns share one set of rules.
std::vector<std::pair<RulesOfDay, std::vector<std::size_t>>> group_days(
    const Rulebook& book, std::span<const Date> days) {
    const std::vector<Date> turns = turning_days(book);
    std::map<std::ptrdiff_t, std::vector<std::size_t>> spans;
    for (std::size_t i = 0; i < days.size(); ++i) {
        // a day on which rules turn belongs to the span that begins on it
        const auto next = std::upper_bound(turns.begin(), turns.end(), days[i]);
        spans[next - turns.begin()].push_back(i);
    }
    std::vector<std::pair<RulesOfDay, std::vector<std::size_t>>> groups;
    for (auto& [span, members] : spans) {
        groups.emplace_back(rules_of_day(book, days[members.front()]), std::move(members));
    }
    return groups;
}

}  // namespace

std::vector<ShortVerdict> judge_all(const Rulebook& book, std::span<const ChipFacts> chips,
                                    std::span<const Date> days,
                                    std::span<const std::string> destinations) {
    const DestinationGroups places = group_destinations(book, destinations);
    const auto spans = group_days(book, days);
    std::vector<ShortVerdict> all(chips.size() * days.size() * destinations.size());
    std::vector<ShortVerdict> decided(places.groups.size());
    std::vector<ShortVerdict> by_place(destinations.size());
    for (std::size_t c = 0; c < chips.size(); ++c) {
        const Subject subject = subject_of(book, chips[c], {});
        for (const auto& [rules, members] : spans) {
            for (std::size_t g = 0; g < decided.size(); ++g) {
                const Decided lead = decide_lead(rules, subject, places.groups[g]);
                decided[g] = {static_cast<std::uint8_t>(lead.cls),
                              static_cast<std::uint8_t>(lead.verdict)};
            }
            for (std::size_t p = 0; p < by_place.size(); ++p) {
                by_place[p] = decided[places.group_of[p]];
            }
            for (const std::size_t d : members) {
                std::copy(by_place.begin(), by_place.end(),
                          all.begin() + static_cast<std::ptrdiff_t>((c * days.size() + d) *
                                                                    destinations.size()));
            }
        }
    }
    return all;
}

}  // namespace millwright
