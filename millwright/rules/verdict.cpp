// From a decision to an answer that can be read: which rule decided, on what figures, how sure it
// is, and what was not judged. Confidence begins with that of the rule that decides, and falls a
// step for a test that rests on an estimate and for each open point that would be stricter.
#include "millwright/rules/verdict.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/rules/metrics.h"
#include "millwright/rules/trail.h"

namespace millwright {
namespace {

void cite(const Rule& rule, Verdict& v) {
    const auto same = [&](const Citation& c) { return c.rule == rule.id; };
    if (std::any_of(v.citations.begin(), v.citations.end(), same)) return;
    v.citations.push_back({rule.id, rule.citation.value});
}

/// The rule with class paragraphs that came last of those of the day; null before any.
const Rule* class_rule(const Rulebook& book, const RowsOfDay& rows) {
    std::size_t last = 0;
    const Rule* rule = nullptr;
    for (const std::size_t i : rows.lines) {
        const RulePath& path = book.lines[i];
        if (path.line.hbm_stack || (rule != nullptr && path.rule < last)) continue;
        last = path.rule;
        rule = &book.rules[path.rule];
    }
    return rule;
}

struct VerdictParts {
    const Rulebook& book;
    const RuleQuery& q;
    RulesOfDay day;
    Decision decision;
    Trail trail;
    Verdict v;

    const Rule& rule_of(int row) const {
        return book.rules[book.rows[static_cast<std::size_t>(row)].rule];
    }
    const Requirement& ask_of(int row) const {
        return book.rows[static_cast<std::size_t>(row)].ask;
    }
};

void lower_confidence(Outcome& o) {
    o.confidence = o.confidence == Confidence::high ? Confidence::medium : Confidence::low;
}

/// One step less sure where a test that the answer stands on rests on an estimate.
void weigh_estimates(const ChipFacts& chip, const std::vector<TestResult>& tests, Outcome& o,
                     Verdict& v) {
    for (const TestResult& test : tests) {
        if ((row_of(test.metric).rests_on & chip.estimated) == 0) continue;
        std::string why = fmt::format("{} rests on an estimate", name_of(test.metric));
        if (std::ranges::find(v.open, why) == v.open.end()) v.open.push_back(std::move(why));
        lower_confidence(o);
        return;
    }
}

std::string joined_tests(const std::vector<TestResult>& tests) {
    std::vector<std::string> words;
    for (const TestResult& test : tests) words.push_back(to_text(test));
    return join(words, "; ");
}

/// One authority's part of the verdict.
struct OutcomeParts {
    const VerdictParts& j;
    const Authority& authority;
    const Decided& decided;
    const RowsOfDay& rows;

    bool in_a_class() const { return decided.cls < authority.classes.size(); }
};

OutcomeParts explaining(const VerdictParts& j, std::size_t i) {
    return {j, j.book.authorities[i], j.decision.of[i], j.day.of[i]};
}

/// Tests of the class paragraph that the verdict stands on, then those of the row itself; of a
/// part under all lines, what keeps it nearest.
std::vector<TestResult> tests_behind(const OutcomeParts& e) {
    std::vector<TestResult> tests;
    if (e.decided.row == no_row && !e.in_a_class()) return e.j.trail.nearest_misses();
    if (e.decided.line != no_row && e.in_a_class()) {
        tests = e.j.trail.of_line(static_cast<std::size_t>(e.decided.line));
    }
    if (e.decided.row != no_row) {
        const auto own = e.j.trail.of_row(static_cast<std::size_t>(e.decided.row));
        tests.insert(tests.end(), own.begin(), own.end());
    }
    return tests;
}

/// From the most general reason on.
std::string reason_to_need_none(const OutcomeParts& e) {
    const Party& party = e.j.q.party;
    if (e.authority.classes.empty()) {
        return fmt::format("no rule of {} reaches destination {} and headquarters {}",
                           e.authority.name, party.to, party.headquarters);
    }
    const Rule* rule = class_rule(e.j.book, e.rows);
    if (rule == nullptr) return e.authority.uncontrolled;
    if (e.decided.cls == undecided) {
        return fmt::format(
            "no rule reaches destination {} and headquarters {}, whatever its class; that needs {}",
            party.to, party.headquarters, join(e.j.trail.needs, ", "));
    }
    const std::string figures = joined_tests(tests_behind(e));
    if (e.in_a_class()) {
        return fmt::format(
            "{} ({}), but destination {} and headquarters {} are outside the scope of {}",
            class_code(e.authority, e.decided.cls), figures, party.to, party.headquarters,
            rule->id);
    }
    if (figures.empty()) return "under every line of " + rule->id;
    return fmt::format("under every line of {}; nearest: {}", rule->id, figures);
}

/// The code and what the authority's file says of it.
Outcome outcome_with(const Authority& a, const Decided& decided) {
    Outcome o{.authority = a.id, .label = a.label, .adjective = a.adjective};
    o.asks = a.asks;
    o.ranks = a.ranks;
    o.cls = class_code(a, decided.cls);
    o.step = strictness_in_steps(a, decided.verdict);
    o.code = verdict_code(a, decided.verdict);
    o.open = decided.verdict == undecided;
    // an answer that is open is not had and ranks no better than a denial
    if (o.open) {
        o.tier = VerdictTier::denied;
        o.had = Having::no;
        return o;
    }
    const VerdictRow& row = a.verdicts[decided.verdict];
    o.tier = row.tier;
    o.had = row.had;
    o.domestic = row.domestic;
    return o;
}

Confidence confidence_of(const Rule& rule, const Requirement& ask) {
    return ask.confidence.given ? ask.confidence.value : rule.confidence;
}

/// The rule that decided, and how applications fare; where that is not told, licences are issued.
void tell_rule(const OutcomeParts& e, Outcome& o, Verdict& v) {
    const Rule& rule = e.j.rule_of(e.decided.row);
    const Requirement& ask = e.j.ask_of(e.decided.row);
    const RuleState state = state_of(rule, e.j.q.date, e.j.q.known);
    o.rule = rule.id;
    o.confidence = confidence_of(rule, ask);
    // charges may have told theirs before
    o.conditions = join_hints({state.review == nullptr ? "" : state.review->note, ask.conditions,
                               std::move(o.conditions)});
    o.licences = state.review == nullptr || state.review->licences;
    cite(rule, v);
}

/// The row that decided, and rules that would ask as much beside it.
void explain_row(const OutcomeParts& e, Outcome& o, Verdict& v) {
    const VerdictParts& j = e.j;
    tell_rule(e, o, v);
    o.reason = o.rule + ": " + j.ask_of(e.decided.row).reason;
    const std::string figures = joined_tests(tests_behind(e));
    if (!figures.empty()) o.reason += "; " + figures;
    std::set<std::string> told;
    for (const int row : e.decided.beside) {
        const std::string also =
            fmt::format("{} would ask {} besides", j.rule_of(row).id, j.ask_of(row).verdict.value);
        if (told.insert(also).second) o.reason += "; " + also;
    }
    for (const int row : e.decided.replaced) cite(j.rule_of(row), v);
    for (const int row : e.decided.beside) cite(j.rule_of(row), v);
}

void explain_export(const OutcomeParts& e, Outcome& o, Verdict& v) {
    if (o.open) {
        v.needs = e.j.trail.needs;
        o.reason = "cannot decide: needs " + join(v.needs, ", ");
        o.confidence = Confidence::low;
    } else if (e.decided.row != no_row) {
        explain_row(e, o, v);
    } else {
        o.reason = reason_to_need_none(e);
        const Rule* rule = class_rule(e.j.book, e.rows);
        if (rule == nullptr) return;
        o.rule = rule->id;
        o.confidence = rule->confidence;
        cite(*rule, v);
    }
}

void explain_use(const OutcomeParts& e, Outcome& o, Verdict& v) {
    if (e.decided.row == no_row) return;
    tell_rule(e, o, v);
    o.reason = e.j.ask_of(e.decided.row).reason;
}

/// Of the authorities that ask about exports.
void explain_exports(VerdictParts& j) {
    for (std::size_t i = 0; i < j.book.authorities.size(); ++i) {
        const OutcomeParts e = explaining(j, i);
        Outcome o = outcome_with(e.authority, e.decided);
        if (o.asks == AsksAbout::sending) explain_export(e, o, j.v);
        j.v.outcomes.push_back(std::move(o));
    }
    for (std::size_t i = 0; i < j.book.authorities.size(); ++i) {
        const OutcomeParts e = explaining(j, i);
        // of further authorities only an answer that some rule gave can rest on figures
        const bool counts = i == 0 || e.decided.row != no_row;
        if (e.authority.asks != AsksAbout::sending || !counts) continue;
        weigh_estimates(j.q.chip, tests_behind(e), j.v.outcomes[i], j.v);
    }
}

void explain_uses(VerdictParts& j) {
    for (std::size_t i = 0; i < j.book.authorities.size(); ++i) {
        if (j.v.outcomes[i].asks != AsksAbout::use) continue;
        explain_use(explaining(j, i), j.v.outcomes[i], j.v);
    }
}

void explain_charges(VerdictParts& j) {
    for (const int row : j.decision.charges) {
        j.v.charges.push_back({j.rule_of(row).id, j.ask_of(row).charge});
        const RuleRow& charging = j.book.rows[static_cast<std::size_t>(row)];
        std::string& conditions = j.v.outcomes[charging.after_of].conditions;
        if (!conditions.empty()) conditions += "; ";
        conditions += j.ask_of(row).reason;
        cite(j.rule_of(row), j.v);
    }
}

/// From the chip's own dates first, then from what the market is known to do.
void explain_supply(VerdictParts& j) {
    const ChipFacts& chip = j.q.chip;
    const std::string month = launch_month(chip.launch);
    const auto say = [&](Supply supply, std::string why) {
        j.v.supply = supply;
        j.v.supply_reason = std::move(why);
    };
    if (chip.status == "never-shipped") return say(Supply::never, "never sold");
    if (!month.empty() && month > to_text(j.q.date).substr(0, 7)) {
        return say(Supply::not_yet,
                   fmt::format("not yet sold on this date (launch {})", chip.launch));
    }
    if (chip.status == "announced") {
        return say(Supply::announced, fmt::format("announced ({})", chip.launch));
    }
    if (j.decision.supply_row == no_row) {
        if (chip.status.empty()) return say(Supply::unknown, "not a chip of the catalog");
        return say(Supply::on_sale, "on sale");
    }
    say(j.decision.supply, j.ask_of(j.decision.supply_row).reason);
    cite(j.rule_of(j.decision.supply_row), j.v);
}

Decision decided(const RulesOfDay& day, const RuleQuery& q) {
    const Rulebook& book = *day.book;
    return decide(day, subject_of(book, q.chip, q.party, q.readings), rows_of(book, q.party));
}

/// Whether a point that is not judged, and would make an authority's answer another, was told.
bool note_decisive(VerdictParts& j, std::size_t authority, unsigned would_be,
                   const std::string& why) {
    const Authority& a = j.book.authorities[authority];
    if (strictness_in_steps(a, would_be) <= j.v.outcomes[authority].step) return false;
    j.v.open.push_back(why);
    j.v.would_decide.push_back(fmt::format("{} if {}", a.verdicts[would_be].code, why));
    lower_confidence(j.v.outcomes[authority]);
    return true;
}

/// Rows that no one can decide from what is asked, such as whose hands a parent's parts end in.
void note_open_rows(VerdictParts& j) {
    const auto has_open = [](const RowsOfDay& rows) { return !rows.open.empty(); };
    if (std::ranges::none_of(j.day.of, has_open)) return;
    const std::vector<bool> party = rows_of(j.book, j.q.party);
    const Subject subject = subject_of(j.book, j.q.chip, j.q.party, j.q.readings);
    for (std::size_t a = 0; a < j.day.of.size(); ++a) {
        for (const std::size_t i : j.day.of[a].open) {
            const RuleRow& row = j.book.rows[i];
            const Bits may_meet = j.decision.of[row.class_of].classes;
            const bool right_class = row.classes == 0 || (row.classes & may_meet) != 0;
            if (!party[i] || !right_class || subject.rows[i] == Truth::no) continue;
            if (note_decisive(j, a, row.verdict, row.ask.reason)) cite(j.book.rules[row.rule], j.v);
        }
    }
}

/// Without a hall the density test is not made; it decides if all chips in one volume meet it.
void note_hall(VerdictParts& j) {
    if (j.q.party.hall_m3 > 0 || j.q.party.quantity <= 1) return;
    RuleQuery dense = j.q;
    dense.party.hall_m3 = 1;
    const Decision in_one_volume = decided(j.day, dense);
    bool decides = false;
    for (std::size_t a = 0; a < in_one_volume.of.size(); ++a) {
        const unsigned verdict = in_one_volume.of[a].verdict;
        if (verdict == undecided) continue;
        decides |= note_decisive(j, a, verdict,
                                 "the hall is dense enough (no hall volume: the supercomputer "
                                 "density test is not made)");
    }
    if (!decides) {
        j.v.open.push_back("no hall volume: the supercomputer density test is not made");
    }
}

void note_open(VerdictParts& j) {
    note_open_rows(j);
    note_hall(j);
    for (const std::string& code : j.trail.state_funds) {
        j.v.open.push_back(fmt::format("a state-funded site would meet {}", code));
    }
}

/// Where text and enforcement part, what the other of the two would say.
void note_text(VerdictParts& j) {
    if (j.q.basis == Basis::text) return;
    const RulesOfDay day = rules_of_day(j.book, j.q.date, j.q.known, Basis::text, j.q.without);
    if (day.of == j.day.of) return;
    const Decision text = decided(day, j.q);
    std::vector<std::string> told;
    for (std::size_t a = 0; a < text.of.size(); ++a) {
        const Decided& by_text = text.of[a];
        if (by_text.verdict == j.decision.of[a].verdict || by_text.row == no_row) continue;
        told.push_back(fmt::format("by its text {} would ask {}, but it is not enforced",
                                   j.rule_of(by_text.row).id, j.ask_of(by_text.row).verdict.value));
    }
    j.v.by_text = join(told, "; ");
}

}  // namespace

// Exports come first, since charges add to their conditions; open points last, since they are held
// against answers that must stand by then.
Verdict judge(const Rulebook& book, const RuleQuery& q) {
    const RulesOfDay day = rules_of_day(book, q.date, q.known, q.basis, q.without);
    const Decision decision = decided(day, q);
    VerdictParts j{book, q, day, decision, trail_of(day, q, decision), {}};
    j.v.tests = j.trail.tests;
    j.v.chain = j.trail.story();
    if (q.chip.planar) j.v.chain.push_back("no non-planar die: performance density is undefined");
    explain_exports(j);
    explain_charges(j);
    explain_uses(j);
    explain_supply(j);
    note_open(j);
    note_text(j);
    return std::move(j.v);
}

const Outcome& Verdict::of(std::string_view authority) const {
    const auto found = std::ranges::find(outcomes, authority, &Outcome::authority);
    require(found != outcomes.end(), "the authority is one of the book's");
    return *found;
}

bool lets_have(const Outcome& o) {
    return o.had == Having::yes || (o.had == Having::licensed && o.licences);
}

bool may_have(const Verdict& v) { return std::ranges::all_of(v.outcomes, lets_have); }

bool same_codes(const Verdict& a, const Verdict& b) {
    return std::ranges::equal(a.outcomes, b.outcomes, [](const Outcome& x, const Outcome& y) {
        return x.code == y.code && x.cls == y.cls;
    });
}

int restriction(const Outcome& o) {
    constexpr int of_open = 3;
    return o.open ? of_open : static_cast<int>(o.tier);
}

int restriction(const Verdict& v) {
    int most = 0;
    for (const Outcome& o : v.outcomes) {
        if (o.ranks) most = std::max(most, restriction(o));
    }
    return most;
}

bool is_lawful(const Verdict& v) { return restriction(v) < static_cast<int>(VerdictTier::denied); }

}  // namespace millwright
