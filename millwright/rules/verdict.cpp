#include "millwright/rules/verdict.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/rules/trail.h"

namespace millwright {
namespace {

void cite(const Rule& rule, Verdict& v) {
    const auto same = [&](const Citation& c) { return c.rule == rule.id; };
    if (std::any_of(v.citations.begin(), v.citations.end(), same)) return;
    v.citations.push_back({rule.id, rule.citation.value});
}

/// The rule with class paragraphs that came last of those of the day; null before any.
const Rule* class_rule(const RulesOfDay& day) {
    std::size_t last = 0;
    const Rule* rule = nullptr;
    for (const std::size_t i : day.lines) {
        const RulePath& path = day.book->lines[i];
        if (path.line.hbm_stack || (rule != nullptr && path.rule < last)) continue;
        last = path.rule;
        rule = &day.book->rules[path.rule];
    }
    return rule;
}

struct Judging {
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

void lower_confidence(Verdict& v) {
    v.confidence = v.confidence == Confidence::high ? Confidence::medium : Confidence::low;
}

/// One step less sure where a test that the verdict stands on rests on an estimate.
void weigh_estimates(const ChipFacts& chip, const std::vector<TestResult>& tests, Verdict& v) {
    for (const TestResult& test : tests) {
        if (!chip.estimated.test(static_cast<std::size_t>(test.metric))) continue;
        v.open.push_back(fmt::format("{} rests on an estimate", name_of(test.metric)));
        lower_confidence(v);
        return;
    }
}

std::string joined_tests(const std::vector<TestResult>& tests) {
    std::vector<std::string> words;
    for (const TestResult& test : tests) words.push_back(to_text(test));
    return join(words, "; ");
}

/// Tests of the class paragraph that the verdict stands on, then those of the row itself; of a
/// part under all lines, what keeps it nearest.
std::vector<TestResult> tests_behind(const Judging& j) {
    std::vector<TestResult> tests;
    const bool under = j.decision.us_row == no_row && j.decision.cls >= ExportClass::under;
    if (under) return j.trail.nearest_misses();
    if (j.decision.line != no_row && j.decision.cls < ExportClass::under) {
        tests = j.trail.of_line(static_cast<std::size_t>(j.decision.line));
    }
    if (j.decision.us_row != no_row) {
        const auto own = j.trail.of_row(static_cast<std::size_t>(j.decision.us_row));
        tests.insert(tests.end(), own.begin(), own.end());
    }
    return tests;
}

std::string reason_to_need_none(const Judging& j) {
    const Rule* rule = class_rule(j.day);
    if (rule == nullptr) return "no control on integrated circuits for computing yet";
    if (j.decision.cls == ExportClass::undecided) {
        return fmt::format(
            "no rule reaches destination {} and headquarters {}, whatever its class; that needs {}",
            j.q.party.to, j.q.party.headquarters, join(j.trail.needs, ", "));
    }
    const std::string figures = joined_tests(tests_behind(j));
    if (j.decision.cls < ExportClass::under) {
        return fmt::format(
            "{} ({}), but destination {} and headquarters {} are outside the scope of {}",
            name_of(j.decision.cls), figures, j.q.party.to, j.q.party.headquarters, rule->id);
    }
    if (figures.empty()) return "under every line of " + rule->id;
    return fmt::format("under every line of {}; nearest: {}", rule->id, figures);
}

void explain_us(Judging& j) {
    Verdict& v = j.v;
    if (v.us == UsVerdict::undecided) {
        v.needs = j.trail.needs;
        v.reason = "cannot decide: needs " + join(v.needs, ", ");
        v.confidence = Confidence::low;
        return;
    }
    if (j.decision.us_row == no_row) {
        v.reason = reason_to_need_none(j);
        if (const Rule* rule = class_rule(j.day)) {
            v.rule = rule->id;
            v.confidence = rule->confidence;
            cite(*rule, v);
        }
        return;
    }
    const Rule& rule = j.rule_of(j.decision.us_row);
    const Requirement& ask = j.ask_of(j.decision.us_row);
    v.rule = rule.id;
    v.reason = rule.id + ": " + ask.reason;
    const std::string figures = joined_tests(tests_behind(j));
    if (!figures.empty()) v.reason += "; " + figures;
    std::set<std::string> told;
    for (const int row : j.decision.beside) {
        const std::string also = fmt::format("{} would ask {} besides", j.rule_of(row).id,
                                             name_of(j.ask_of(row).verdict.value));
        if (told.insert(also).second) v.reason += "; " + also;
    }
    v.confidence = ask.confidence.given ? ask.confidence.value : rule.confidence;
    cite(rule, v);
    for (const int row : j.decision.replaced) cite(j.rule_of(row), v);
    for (const int row : j.decision.beside) cite(j.rule_of(row), v);
    const RuleState state = state_of(rule, j.q.date, j.q.known);
    std::vector<std::string> conditions;
    if (state.review != nullptr) conditions.push_back(state.review->note);
    if (!ask.conditions.empty()) conditions.push_back(ask.conditions);
    v.conditions = join(conditions, "; ");
    v.licences = state.review == nullptr || state.review->licences;
}

void explain_charges(Judging& j) {
    for (const int row : j.decision.charges) {
        j.v.charges.push_back({j.rule_of(row).id, j.ask_of(row).charge});
        if (!j.v.conditions.empty()) j.v.conditions += "; ";
        j.v.conditions += j.ask_of(row).reason;
        cite(j.rule_of(row), j.v);
    }
}

void explain_china(Judging& j) {
    j.v.cn = j.decision.cn;
    if (j.decision.cn_row == no_row) return;
    j.v.cn_reason = j.ask_of(j.decision.cn_row).reason;
    cite(j.rule_of(j.decision.cn_row), j.v);
}

/// From the chip's own dates first, then from what the market is known to do.
void explain_supply(Judging& j) {
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

/// A point that is not judged and would make the verdict another: less sure, and told first.
void note_decisive(Judging& j, UsVerdict would_be, const std::string& why) {
    if (strictness_in_steps(would_be) <= strictness_in_steps(j.v.us)) return;
    j.v.open.push_back(why);
    j.v.would_decide.push_back(fmt::format("{} if {}", name_of(would_be), why));
    lower_confidence(j.v);
}

/// Rows that no one can decide from what is asked, such as whose hands a parent's parts end in.
void note_open_rows(Judging& j) {
    if (j.day.open.empty()) return;
    const std::vector<bool> party = rows_of(j.book, j.q.party);
    const Subject subject = subject_of(j.book, j.q.chip, j.q.party, j.q.readings);
    for (const std::size_t i : j.day.open) {
        const RuleRow& row = j.book.rows[i];
        const bool right_class = row.classes == 0 || (row.classes & j.decision.classes) != 0;
        if (!party[i] || !right_class || subject.rows[i] == Truth::no) continue;
        const std::size_t told = j.v.would_decide.size();
        note_decisive(j, row.ask.verdict.value, row.ask.reason);
        if (j.v.would_decide.size() > told) cite(j.book.rules[row.rule], j.v);
    }
}

/// Without a hall the density test is not made; it decides if all chips in one volume meet it.
void note_hall(Judging& j) {
    if (j.q.party.hall_m3 > 0 || j.q.party.quantity <= 1) return;
    RuleQuery dense = j.q;
    dense.party.hall_m3 = 1;
    const UsVerdict us = decided(j.day, dense).us;
    const bool decides =
        us != UsVerdict::undecided && strictness_in_steps(us) > strictness_in_steps(j.v.us);
    if (!decides) {
        j.v.open.push_back("no hall volume: the supercomputer density test is not made");
        return;
    }
    note_decisive(j, us,
                  "the hall is dense enough (no hall volume: the supercomputer density "
                  "test is not made)");
}

void note_open(Judging& j) {
    note_open_rows(j);
    note_hall(j);
    if (j.trail.state_funds && j.q.party.state_funded == Truth::unknown) {
        j.v.open.push_back("a state-funded site would meet CN_HELD");
    }
}

/// Where text and enforcement part, what the other of the two would say.
void note_text(Judging& j) {
    if (j.q.basis == Basis::text) return;
    const RulesOfDay day = rules_of_day(j.book, j.q.date, j.q.known, Basis::text, j.q.without);
    if (day.first == j.day.first && day.later == j.day.later) return;
    const Decision text = decided(day, j.q);
    if (text.us == j.v.us || text.us_row == no_row) return;
    j.v.by_text = fmt::format("by its text {} would ask {}, but it is not enforced",
                              j.rule_of(text.us_row).id, name_of(text.us));
}

}  // namespace

Verdict judge(const Rulebook& book, const RuleQuery& q) {
    const RulesOfDay day = rules_of_day(book, q.date, q.known, q.basis, q.without);
    const Decision decision = decided(day, q);
    Judging j{book, q, day, decision, trail_of(day, q, decision), {}};
    j.v.us = j.decision.us;
    j.v.cls = j.decision.cls;
    j.v.tests = j.trail.tests;
    j.v.chain = j.trail.story();
    if (q.chip.planar) j.v.chain.push_back("no non-planar die: performance density is undefined");
    explain_us(j);
    weigh_estimates(q.chip, tests_behind(j), j.v);
    explain_charges(j);
    explain_china(j);
    explain_supply(j);
    note_open(j);
    note_text(j);
    return std::move(j.v);
}

bool may_have(const Verdict& v) {
    switch (v.us) {
        case UsVerdict::nlr:
        case UsVerdict::aca:
        case UsVerdict::nac:
        case UsVerdict::nac_nonotice: return true;
        case UsVerdict::lic_poa:
        case UsVerdict::lic_cbc:
        case UsVerdict::lic_letter: return v.licences;
        default: return false;
    }
}

}  // namespace millwright
