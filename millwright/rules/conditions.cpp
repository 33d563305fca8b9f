// What each row of a rulebook says of an item and of a party.
//
// The two are kept apart because they vary apart: `subject_of` walks figures and flags, which is
// the dear half, and depends on no place; `rows_of` walks places and is the same for every chip. A
// row holds where both say so.
#include "millwright/rules/decide.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/text.h"
#include "millwright/rules/metrics.h"

namespace millwright {
namespace {

/// Every comparison is monotone in the value, so what holds at both ends of an interval holds
/// between them, and what differs there is unknown.
Truth compare(const Figure& value, Comparison comparison, double limit) {
    const bool upward = comparison == Comparison::at_least || comparison == Comparison::above;
    const bool inclusive = comparison == Comparison::at_least || comparison == Comparison::at_most;
    const auto meets = [&](double v) {
        if (inclusive) return upward ? v >= limit : v <= limit;
        return upward ? v > limit : v < limit;
    };
    const bool low = meets(value.low);
    const bool high = meets(value.high);
    if (low == high) return truth_of(low);
    return Truth::unknown;
}

/// TPP against limit times area in place of a rounded ratio, with limits to four decimals.
Truth compare_density(const ChipFacts& f, Comparison comparison, double limit) {
    constexpr double decimals = 1e4;
    const double scaled = std::round(decimals * limit) * f.area.low;
    return compare({f.tpp.low * decimals, f.tpp.high * decimals}, comparison, scaled);
}

/// Words are compared as they are written, case and all.
bool any_of(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

/// A flag of a row against what is known of the item. A row without the flag does not care.
Truth wanted(const Written<bool>& flag, Truth value) {
    if (!flag.given || value == Truth::unknown) return flag.given ? Truth::unknown : Truth::yes;
    return truth_of(flag.value == (value == Truth::yes));
}

/// An empty list holds.
Truth all_hold(const std::vector<Condition>& when, const ChipFacts& facts, const Party& party,
               Volume volume) {
    Truth all = Truth::yes;
    for (const Condition& c : when) all = both(all, holds(c, facts, party, volume));
    return all;
}

Truth opposite(Truth truth) {
    if (truth == Truth::unknown) return truth;
    return truth_of(truth == Truth::no);
}

Truth none_holds(const std::vector<Conjunction>& unless, const ChipFacts& facts, const Party& party,
                 Volume volume) {
    Truth none = Truth::yes;
    for (const Conjunction& c : unless) {
        none = both(none, opposite(all_hold(c.all, facts, party, volume)));
    }
    return none;
}

/// Whose row it is; of supply and charges, who leads.
const Authority& authority_of(const Rulebook& book, const RuleRow& row) {
    return book.authorities[row.authority == nobody ? 0 : static_cast<std::size_t>(row.authority)];
}

/// A letter binds those it is addressed to; a maker left unsaid counts, unless the authority
/// writes to none of its country.
bool addressed(const Rulebook& book, const RuleRow& row, const ChipFacts& facts) {
    if (row.ask.vendors.empty()) return true;
    if (!facts.vendor.empty()) return any_of(row.ask.vendors, facts.vendor);
    return !any_of(authority_of(book, row).no_letter_to, facts.designed_in);
}

/// Whether a part's name has these words in a row: "h20" is in "H20 96GB", not in "H200".
bool is_named(std::string_view chip_slug, std::string_view words) {
    for (std::size_t at = chip_slug.find(words); at != std::string_view::npos;
         at = chip_slug.find(words, at + 1)) {
        const std::size_t end = at + words.size();
        const bool starts = at == 0 || chip_slug[at - 1] == '-';
        if (starts && (end == chip_slug.size() || chip_slug[end] == '-')) return true;
    }
    return false;
}

/// A chip that a letter names, whatever it is called here, meets every row about exports that names
/// chips: whoever sets the flag says that the letter is about this part.
bool named(const Rulebook& book, const RuleRow& row, const std::string& chip_slug,
           const Party& party) {
    const Requirement& ask = row.ask;
    if (ask.chips.empty()) return true;
    if (party.named_in_letter && asks_export(book, row)) return true;
    return std::any_of(ask.chips.begin(), ask.chips.end(),
                       [&](const std::string& part) { return is_named(chip_slug, part); });
}

/// What does not vary with figures: a row about other makers, names or designers is out for sure.
bool concerns(const Rulebook& book, const RuleRow& row, const ChipFacts& facts,
              const std::string& chip_slug, const Party& party, const Readings& readings) {
    const Requirement& ask = row.ask;
    if (!addressed(book, row, facts) || !named(book, row, chip_slug, party)) return false;
    if (ask.may_be_meant && !readings.letters_reach_consumers) return false;
    if (!ask.designed_in.empty() && !any_of(ask.designed_in, facts.designed_in)) return false;
    return !any_of(ask.not_designed_in, facts.designed_in);
}

/// Whether the row is about this deal: who buys, for what, from where and to where. All of it is
/// known, so the answer is yes or no. A destination brings the deal in, or else the seat of the
/// parent, each less `except`; at the authority's home the seat counts for nothing, for nothing is
/// exported there.
bool within(const Rulebook& book, const RuleRow& row, const Party& party) {
    const Requirement& ask = row.ask;
    if (ask.entity_listed && !party.entity_listed) return false;
    if (ask.affiliate && !party.affiliate) return false;
    if (!ask.end_use.empty() &&
        std::find(ask.end_use.begin(), ask.end_use.end(), party.end_use) == ask.end_use.end()) {
        return false;
    }
    const auto in = [&](const Countries& set, const std::string& code) {
        return holds_place(book, set, code);
    };
    if (ask.from.given && !in(row.from, party.from)) return false;
    // only the destination can be excepted where neither end was asked for
    if (row.anywhere) return !in(row.except, party.to);
    const bool there = in(row.to, party.to) && !in(row.except, party.to);
    const bool abroad = !any_of(authority_of(book, row).home, party.to);
    return there || (abroad && in(row.headquarters, party.headquarters) &&
                     !in(row.except, party.headquarters));
}

}  // namespace

bool concerns(const Rulebook& book, const RuleRow& row, const ChipFacts& facts, const Party& party,
              const Readings& readings) {
    return concerns(book, row, facts, slug(facts.chip), party, readings);
}

Truth holds(const Condition& c, const ChipFacts& facts, const Party& party, Volume volume) {
    if (row_of(c.metric).in_volume && party.hall_m3 <= 0) return Truth::no;  // not asked
    if (c.metric == Metric::density && !facts.planar && facts.area.known()) {
        return compare_density(facts, c.comparison, c.limit);
    }
    return compare(value_of(c.metric, facts, party, volume), c.comparison, c.limit);
}

Truth spared(const Requirement& ask, const ChipFacts& facts, const Party& party, Volume volume) {
    return opposite(none_holds(ask.unless, facts, party, volume));
}

Subject subject_of(const Rulebook& book, const ChipFacts& facts, const Party& party,
                   const Readings& readings) {
    Subject subject;
    subject.lines.reserve(book.lines.size());
    subject.rows.reserve(book.rows.size());
    for (const RulePath& path : book.lines) {
        Truth fits = truth_of(path.line.hbm_stack == facts.hbm_stack);
        fits = both(fits, wanted(path.line.data_centre, facts.data_centre));
        const Volume volume = book.rules[path.rule].volume;
        subject.lines.push_back(both(fits, all_hold(path.line.when, facts, party, volume)));
    }
    const std::string chip_slug = slug(facts.chip);
    for (const RuleRow& row : book.rows) {
        Truth fits = truth_of(concerns(book, row, facts, chip_slug, party, readings));
        fits = both(fits, wanted(row.ask.data_centre, facts.data_centre));
        fits = both(fits, wanted(row.ask.us_market, facts.us_market));
        if (row.ask.state_funded) fits = both(fits, party.state_funded);
        const Volume volume = book.rules[row.rule].volume;
        // figures are the dear part: not for rows that are out by name or flag
        if (fits != Truth::no) fits = both(fits, all_hold(row.ask.when, facts, party, volume));
        if (fits != Truth::no) fits = both(fits, none_holds(row.ask.unless, facts, party, volume));
        subject.rows.push_back(fits);
    }
    return subject;
}

std::vector<bool> rows_of(const Rulebook& book, const Party& party) {
    std::vector<bool> rows;
    rows.reserve(book.rows.size());
    for (const RuleRow& row : book.rows) rows.push_back(within(book, row, party));
    return rows;
}

}  // namespace millwright
