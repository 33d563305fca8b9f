// Rules ready to judge with: country groups unfolded, rows in order, and what was in force when.
//
// Two clocks: `date` is the day of the export, `known` the day of the knowledge. On a `known` day
// only events that were public by then count, those announced for later included.
#pragma once

#include <bitset>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/parts/rule.h"

namespace millwright {

inline constexpr std::size_t country_codes = 26 * 26;
inline constexpr std::size_t region_codes = 60;  // regions that rules judge apart
using Countries = std::bitset<country_codes + region_codes>;

/// Two capital letters as a number; nothing for any other text.
std::optional<std::size_t> country_index(std::string_view code);

/// A part of a country by ISO 3166-2: two capital letters, a dash, up to three more signs.
bool is_region(std::string_view code);

/// One requirement, its parties unfolded.
struct RuleRow {
    std::size_t rule = 0;  // in Rulebook::rules
    Requirement ask;
    Countries to, except, headquarters, from;
    bool anywhere = false;  // neither `to` nor `headquarters` is given
    std::uint32_t classes = 0, after = 0, yields_to = 0;  // bits; 0: any, none, none
    std::vector<std::size_t> after_rules;                 // in Rulebook::rules; empty: any
};

/// One class paragraph of a rule.
struct RulePath {
    std::size_t rule = 0;
    RuleLine line;
};

struct Rulebook {
    std::vector<Rule> rules;  // by day of announcement, then id
    std::vector<RulePath> lines;
    std::vector<RuleRow> rows;
    std::vector<std::string> regions;  // after the countries, in Countries
    Countries world;
    Date groups_verified_on{};  // of those groups that rules name and that were
    std::vector<std::string> unverified_groups;
};

/// The place of a country or region in Countries; nothing for what is neither.
std::optional<std::size_t> place_index(const Rulebook& book, std::string_view code);

/// Whether `code` may be a destination or headquarters, and what to write otherwise.
bool is_place(const Rulebook& book, std::string_view code);
std::string place_hint(const Rulebook& book);

/// Whether a place, or the country that it is a part of, is in the set.
bool holds_place(const Rulebook& book, const Countries& set, std::string_view code);

/// Unfolds the rules. Faults: a country or group that does not exist, a row without an answer.
Result<Rulebook> rulebook_of(std::span<const Rule> rules, std::span<const CountryGroup> groups);

/// What a rule's text and its enforcement are on a day.
struct RuleState {
    bool text = false;
    bool enforced = false;
    const RuleEvent* review = nullptr;  // how applications fare
};

inline constexpr Date all_known = on(9999, 12, 31);

RuleState state_of(const Rule& rule, const Date& date, const Date& known = all_known);

/// Whether verdicts follow what is enforced or what the text says.
enum class Basis { enforced, text };

/// The lines and rows that count on a day.
struct RulesOfDay {
    const Rulebook* book = nullptr;
    Date date{}, known{};
    std::vector<std::size_t> lines;
    std::vector<std::size_t> first, later;  // rows without and with `after`
    std::vector<std::size_t> open;          // rows that only tell of an open point
};

/// `without` names rules to leave out: what would be, had they not been made.
RulesOfDay rules_of_day(const Rulebook& book, const Date& date, const Date& known = all_known,
                        Basis basis = Basis::enforced,
                        const std::vector<std::string>& without = {});

/// Which country groups were compared with the regulation, and when.
std::string groups_note(const Rulebook& book);

/// Days on which some rule turns, in order, each once; notes turn nothing.
std::vector<Date> turning_days(const Rulebook& book);

/// The rule of that id, whatever its case; null if there is none.
const Rule* find_rule(const Rulebook& book, std::string_view id);

}  // namespace millwright
