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
#include "millwright/parts/authority.h"
#include "millwright/parts/rule.h"

namespace millwright {

/// A bit for every pair of capital letters, be it a country or not, and then one for each region.
inline constexpr std::size_t country_codes = 26 * 26;
inline constexpr std::size_t region_codes = 60;  // regions that rules judge apart
using Countries = std::bitset<country_codes + region_codes>;

/// Two capital letters as a number; nothing for any other text.
std::optional<std::size_t> country_index(std::string_view code);

/// A part of a country by ISO 3166-2: two capital letters, a dash, up to three more signs.
bool is_region(std::string_view code);

/// Verdicts and classes of an authority as bits, in the order of its rows.
using Bits = std::uint32_t;

/// As the authority of a row: it gives no verdict, only supply or a charge.
inline constexpr int nobody = -1;

/// One requirement, its parties unfolded and its codes looked up.
/// Numbers of other rows, rules and authorities are places in the Rulebook that it is of.
struct RuleRow {
    std::size_t rule = 0;  // in Rulebook::rules
    Requirement ask;
    Countries to, except, headquarters, from;
    bool anywhere = false;                       // neither `to` nor `headquarters` is given
    int authority = nobody;                      // whose verdict it gives, in Rulebook::authorities
    unsigned verdict = 0;                        // place among its verdicts: its strictness
    std::size_t class_of = 0;                    // whose classes
    std::size_t after_of = 0;                    // whose verdicts `after` names
    Bits classes = 0, after = 0, yields_to = 0;  // 0: any, none, none
    std::vector<std::size_t> after_rules;        // in Rulebook::rules; empty: any
};

/// One class paragraph of a rule.
struct RulePath {
    std::size_t rule = 0;
    RuleLine line;
    std::size_t authority = 0;
    unsigned cls = 0;  // place among its classes
};

/// All rules, whatever their days. What is made from it (days, subjects, decisions) holds places in
/// its lists and pointers into it, so it must stay as it is while they are used.
struct Rulebook {
    // those that ask about exports first, by their order, then id; the first one leads
    std::vector<Authority> authorities;
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

/// Unfolds the rules. Faults: a country, group or code that does not exist, a row without an
/// answer, no authority.
Result<Rulebook> rulebook_of(std::span<const Rule> rules, std::span<const CountryGroup> groups,
                             std::span<const Authority> authorities);

/// Whether a row asks about an export: only such rows are told with their tests.
bool asks_export(const Rulebook& book, const RuleRow& row);

/// What a rule's text and its enforcement are on a day.
struct RuleState {
    bool text = false;
    bool enforced = false;
    const RuleEvent* review = nullptr;  // how applications fare
};

/// As the day of knowledge: every event counts.
inline constexpr Date all_known = on(9999, 12, 31);

/// Days that may be asked about; rules are known from 2022, embargoes from earlier.
inline constexpr Date first_asked = on(2015, 1, 1), last_asked = on(2040, 1, 1);
/// Both ends belong to it.
inline bool may_be_asked(const Date& date) { return date >= first_asked && date <= last_asked; }

/// The fault of a day that may not: "the date is outside 2015 to 2040".
Fault outside_asked(const Place& at, std::string_view what);

/// The state on `date`, of events that were public on `known`; before any event neither. `review`
/// points into the rule. Events of one day count in the order of the file.
RuleState state_of(const Rule& rule, const Date& date, const Date& known = all_known);

/// Whether verdicts follow what is enforced or what the text says.
enum class Basis { enforced, text };

/// The lines and rows of one authority that count on a day; or the rows of none, which tell of
/// supply and charges.
struct RowsOfDay {
    std::vector<std::size_t> lines;         // the most restrictive class first
    std::vector<std::size_t> first, later;  // rows without and with `after`
    std::vector<std::size_t> open;          // rows that only tell of an open point

    bool operator==(const RowsOfDay&) const = default;
};

/// What counts on a day, ready to decide with. The book must outlive it.
struct RulesOfDay {
    const Rulebook* book = nullptr;
    Date date{}, known{};
    std::vector<RowsOfDay> of;  // by Rulebook::authorities
    RowsOfDay others;
};

/// `without` names rules to leave out: what would be, had they not been made.
/// The lines and rows of rules that are enforced, or in the text, on a day. Ids in `without` that
/// no rule has change nothing. It walks all events, lines and rows: make it once for many items.
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
