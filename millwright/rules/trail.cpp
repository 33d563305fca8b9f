// What a decision looked at, told after the fact.
//
// The decision itself keeps no record: batches would pay for words that nobody reads. For the one
// verdict that is explained, lines and rows of the day are walked again, and what the decision
// could not have come upon is left out (another kind of item, a row of another class or after
// another answer), so that no test is told that did not matter.
#include "millwright/rules/trail.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/rules/metrics.h"

namespace millwright {
namespace {

/// How far a figure falls short, as a share of the line.
double shortfall(const TestResult& test) {
    return test.limit > 0 ? std::abs(test.value.low - test.limit) / test.limit : 0;
}

struct TrailWriter {
    const RulesOfDay& day;
    const RuleQuery& q;
    const Decision& decision;
    Trail trail{};

    void need(std::string_view what) {
        const auto same = std::find(trail.needs.begin(), trail.needs.end(), what);
        if (same == trail.needs.end()) trail.needs.emplace_back(what);
    }

    /// Figures that are not asked for here, such as density of a planar chip, are no tests.
    void test(const Rule& rule, const std::string& paragraph, const Condition& c, TestIndex& index,
              std::size_t owner) {
        if (!is_asked(c.metric, q.chip, q.party)) return;
        TestResult result{rule.id, paragraph, c.metric, c.comparison, {}, c.limit, {}};
        result.value = value_of(c.metric, q.chip, q.party, rule.volume);
        result.holds = holds(c, q.chip, q.party, rule.volume);
        if (result.holds == Truth::unknown) need(row_of(c.metric).missing(q.chip));
        index.emplace_back(owner, trail.tests.size());
        trail.tests.push_back(std::move(result));
    }

    void need_flags(const Written<bool>& data_centre, const Written<bool>& us_market) {
        if (data_centre.given && q.chip.data_centre == Truth::unknown) {
            need("whether it is marketed for data centres");
        }
        if (us_market.given && q.chip.us_market == Truth::unknown) {
            need("whether it was on the US market on 2026-01-15");
        }
    }

    /// Asks for a part marketed otherwise than this one.
    bool closed(const Written<bool>& data_centre) const {
        const Truth marketed = q.chip.data_centre;
        return data_centre.given && marketed != Truth::unknown &&
               data_centre.value != (marketed == Truth::yes);
    }

    bool spared(const RuleRow& row) const {
        const Volume volume = day.book->rules[row.rule].volume;
        return millwright::spared(row.ask, q.chip, q.party, volume) == Truth::yes;
    }

    /// The row was reached: its class may be the chip's, and the answer that it changes came up.
    bool reached(const RuleRow& row) const {
        const Bits may_meet = decision.of[row.class_of].classes;
        const Bits came_up = decision.of[row.after_of].answers;
        const bool right_class = row.classes == 0 || (row.classes & may_meet) != 0;
        const bool right_answer = row.after == 0 || (row.after & came_up) != 0;
        return right_class && right_answer && !closed(row.ask.data_centre);
    }
};

/// Lines that may give a class. A line for data centres is closed to a part that is known to be
/// marketed otherwise, and so are its tests.
void walk_lines(TrailWriter& w, const std::vector<std::size_t>& lines, const Subject& subject) {
    const Rulebook& book = *w.day.book;
    for (const std::size_t i : lines) {
        const RulePath& path = book.lines[i];
        if (path.line.hbm_stack != w.q.chip.hbm_stack) continue;
        if (w.closed(path.line.data_centre)) continue;  // Note 2
        if (subject.lines[i] == Truth::unknown) w.need_flags(path.line.data_centre, {});
        for (const Condition& c : path.line.when) {
            w.test(book.rules[path.rule], path.line.paragraph, c, w.trail.lines, i);
        }
    }
}

/// Rows that the decision may have come upon. State funds are told of every authority; tests and
/// what is missing only of those that ask about exports, since an unknown leaves no use open.
void walk_rows(TrailWriter& w, const std::vector<std::size_t>& rows, const Subject& subject,
               const std::vector<bool>& party) {
    const Rulebook& book = *w.day.book;
    for (const std::size_t i : rows) {
        const RuleRow& row = book.rows[i];
        const Requirement& ask = row.ask;
        if (!party[i] || !w.reached(row) ||
            !concerns(book, row, w.q.chip, w.q.party, w.q.readings) || w.spared(row)) {
            continue;
        }
        const bool funds_open = ask.state_funded && w.q.party.state_funded == Truth::unknown;
        if (funds_open && subject.rows[i] == Truth::unknown) {
            w.trail.state_funds.insert(ask.verdict.value);
        }
        if (!asks_export(book, row)) continue;
        if (funds_open) w.need("whether the site has state funds");
        if (subject.rows[i] == Truth::unknown) w.need_flags(ask.data_centre, ask.us_market);
        const Rule& rule = book.rules[book.rows[i].rule];
        for (const Condition& c : ask.when) w.test(rule, rule.id, c, w.trail.rows, i);
    }
}

using Misses = std::vector<TestResult>;

/// Tests of each line or row together.
std::vector<Misses> groups_of(const Trail& trail, const TestIndex& index) {
    std::vector<Misses> groups;
    for (std::size_t i = 0; i < index.size(); ++i) {
        if (i == 0 || index[i].first != index[i - 1].first) groups.emplace_back();
        groups.back().push_back(trail.tests[index[i].second]);
    }
    return groups;
}

/// Tests that are not met for sure; one that cannot be told counts as a miss.
Misses misses_of(const Misses& group) {
    Misses misses;
    for (const TestResult& test : group) {
        if (test.holds != Truth::yes) misses.push_back(test);
    }
    return misses;
}

/// Keeps the group whose worst miss is the smallest.
void keep_nearest(const std::vector<Misses>& groups, double& best, Misses& nearest) {
    for (const Misses& group : groups) {
        const Misses misses = misses_of(group);
        double worst = 0;
        for (const TestResult& test : misses) worst = std::max(worst, shortfall(test));
        if (misses.empty() || worst >= best) continue;
        best = worst;
        nearest = misses;
    }
}

Misses picked(const Trail& trail, const TestIndex& index, std::size_t owner) {
    Misses tests;
    for (const auto& [who, at] : index) {
        if (who == owner) tests.push_back(trail.tests[at]);
    }
    return tests;
}

/// "15,832" with thousands apart.
std::string grouped(double value) {
    std::string text = fmt::format("{:.6g}", value);
    if (text.find('e') != std::string::npos) return text;
    std::size_t end = text.find('.');
    if (end == std::string::npos) end = text.size();
    for (std::size_t at = end; at > 3; at -= 3) text.insert(at - 3, ",");
    return text;
}

/// A figure without an upper bound is "unknown", though it may have a lower one.
std::string figure_text(const Figure& value) {
    if (value.known()) return grouped(value.low);
    return std::isfinite(value.high)
               ? fmt::format("{} to {}", grouped(value.low), grouped(value.high))
               : "unknown";
}

}  // namespace

std::vector<TestResult> Trail::of_line(std::size_t line) const {
    return picked(*this, lines, line);
}

std::vector<TestResult> Trail::of_row(std::size_t row) const { return picked(*this, rows, row); }

// A line or row is as far away as its worst miss; the nearest of all lines and rows is what a
// designer would have to move.
std::vector<TestResult> Trail::nearest_misses() const {
    double best = std::numeric_limits<double>::infinity();
    Misses nearest;
    keep_nearest(groups_of(*this, lines), best, nearest);
    keep_nearest(groups_of(*this, rows), best, nearest);
    return nearest;
}

std::vector<std::string> Trail::story() const {
    std::vector<std::string> told;
    for (const auto* index : {&lines, &rows}) {
        for (const Misses& group : groups_of(*this, *index)) {
            const bool met = misses_of(group).empty();
            for (const TestResult& test : met ? group : misses_of(group)) {
                told.push_back(to_text(test));
            }
        }
    }
    return told;
}

Trail trail_of(const RulesOfDay& day, const RuleQuery& query, const Decision& decision) {
    TrailWriter walking{day, query, decision};
    const Subject subject = subject_of(*day.book, query.chip, query.party, query.readings);
    const std::vector<bool> party = rows_of(*day.book, query.party);
    for (const RowsOfDay& of : day.of) walk_lines(walking, of.lines, subject);
    for (const RowsOfDay& of : day.of) {
        walk_rows(walking, of.first, subject, party);
        walk_rows(walking, of.later, subject, party);
    }
    return std::move(walking.trail);
}

std::string to_text(const TestResult& t) {
    const std::string where = t.paragraph;
    const std::string limit = grouped(t.limit);
    if (t.holds == Truth::unknown) {
        return fmt::format("cannot tell {}: {} of {} {}", where, figure_text(t.value), limit,
                           row_of(t.metric).unit);
    }
    const bool met = t.holds == Truth::yes;
    const std::string verb = fmt::format("{} {}", met ? "meets" : "misses", where);
    if (!t.value.known()) {
        return fmt::format("{}: {} of {} {}", verb, figure_text(t.value), limit,
                           row_of(t.metric).unit);
    }
    const bool upper = t.comparison == Comparison::below || t.comparison == Comparison::at_most;
    const char* side = !upper ? "of" : met ? "under" : "over";
    return fmt::format("{} by {} {} {} {}", verb, grouped(std::abs(t.value.low - t.limit)),
                       row_of(t.metric).unit, side, limit);
}

}  // namespace millwright
