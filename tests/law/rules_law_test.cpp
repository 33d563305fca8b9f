// Laws of the export rules, over chips near the thresholds, days and parties.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "millwright/intake/rule_query.h"

namespace millwright {
namespace TEST_FILE {

const Rulebook& rulebook() {
    static const Rulebook book = resolve_rulebook(built_in_catalog()).value();
    return book;
}

/// Any chip near the thresholds, any day since the first letters, any country.
RuleQuery any_question() {
    RuleQuery q;
    q.chip.vendor = *rc::gen::element<std::string>("NVIDIA", "AMD", "Intel");
    q.chip.data_centre = truth_of(*rc::gen::arbitrary<bool>());
    q.chip.us_market = truth_of(*rc::gen::arbitrary<bool>());
    q.chip.tpp = exactly(*rc::gen::element(1599, 1600, 2368, 2399, 2400, 4799, 4800, 15832, 20999));
    q.chip.area = exactly(*rc::gen::inRange(100, 1700));
    q.chip.dram = exactly(*rc::gen::element(300, 1399, 1400, 4000, 6499, 6500));
    q.chip.io = exactly(*rc::gen::element(64, 400, 599, 600, 1028, 1099, 1100));
    const unsigned day = *rc::gen::inRange(1U, 29U);
    q.date = on(*rc::gen::inRange(2022, 2027), *rc::gen::inRange(1U, 13U), day);
    q.party.to = *rc::gen::element<std::string>("CN", "HK", "MO", "RU", "AE", "VN", "MY", "DE",
                                                "CY", "IL", "SY", "UA-43");
    const bool local = *rc::gen::arbitrary<bool>();
    q.party.headquarters = local ? q.party.to : std::string("CN");
    return q;
}

// A licence that may be had and an exception are one step; a denial is a step further. (By code a
// letter stands before a denial, yet it decides only for chips under all lines.)
TEST(RulesLaw, MorePerformanceOrBandwidthNeverLoosens) {
    EXPECT_TRUE(rc::check([] {
        const RuleQuery base = any_question();
        const int before = restriction(judge(rulebook(), base));
        for (Figure ChipFacts::*figure : {&ChipFacts::tpp, &ChipFacts::dram, &ChipFacts::io}) {
            RuleQuery more = base;
            const double raised =
                (base.chip.*figure).low + *rc::gen::element(1, 2, 100, 4000, 30000);
            more.chip.*figure = exactly(raised);
            RC_ASSERT(restriction(judge(rulebook(), more)) >= before);
        }
    }));
}

// Quantity counts only with the volume of a hall. FP64 and FP32 rates are told, as those are what a
// hall adds up.
TEST(RulesLaw, QuantityDecidesOnlyInAHall) {
    EXPECT_TRUE(rc::check([] {
        RuleQuery one = any_question();
        one.chip.fp64 = one.chip.fp32 = exactly(67);
        RuleQuery many = one;
        many.party.quantity = *rc::gen::inRange(2, 200000);
        RC_ASSERT(same_codes(judge(rulebook(), one), judge(rulebook(), many)));
        many.party.hall_m3 = 1000;  // more chips in a hall never loosen
        const int restricted = restriction(judge(rulebook(), many));
        RC_ASSERT(restricted >= restriction(judge(rulebook(), one)));
    }));
}

// Kleene's logic: an answer that is not open is the answer for every value of what is unknown, so
// for the one that was left out.
TEST(RulesLaw, AnUnknownFigureStaysOpenOrAgrees) {
    EXPECT_TRUE(rc::check([] {
        const RuleQuery whole = any_question();
        const std::string known = judge(rulebook(), whole).lead().code;
        for (Figure ChipFacts::*figure :
             {&ChipFacts::tpp, &ChipFacts::dram, &ChipFacts::io, &ChipFacts::area}) {
            RuleQuery open = whole;
            open.chip.*figure = {};
            const Outcome now = judge(rulebook(), open).lead();
            RC_ASSERT(now.open || now.code == known);
        }
    }));
}

/// The limits of a rule's own lines, of rows that ask and of rows that loosen.
enum class Limit { asks, loosens };
struct LimitAt {
    Condition* condition;
    Limit limit;
};

bool only_loosens(const Requirement& ask) { return !ask.after.value.empty(); }

std::vector<LimitAt> limits_of(std::vector<Rule>& rules) {
    std::vector<LimitAt> limits;
    for (Rule& rule : rules) {
        for (RuleLine& line : rule.lines) {
            for (Condition& c : line.when) limits.push_back({&c, Limit::asks});
        }
        for (Requirement& ask : rule.requirements) {
            if (!ask.verdict.given) continue;
            const bool loosens = only_loosens(ask);
            for (Condition& c : ask.when) {
                limits.push_back({&c, loosens ? Limit::loosens : Limit::asks});
            }
            for (Conjunction& all : ask.unless) {
                for (Condition& c : all.all) {
                    limits.push_back({&c, loosens ? Limit::asks : Limit::loosens});
                }
            }
        }
    }
    return limits;
}

/// A lower bound goes down and an upper one up, so that more is reached; or the other way about.
void tighten(const LimitAt& at, double factor) {
    const bool upward = at.condition->comparison == Comparison::at_least ||
                        at.condition->comparison == Comparison::above;
    const bool down = upward == (at.limit == Limit::asks);
    at.condition->limit *= down ? 1 / factor : factor;
}

Condition any_condition() {
    return *rc::gen::element(Condition{Metric::tpp, Comparison::at_least, 1500},
                             Condition{Metric::tpp, Comparison::at_least, 4700},
                             Condition{Metric::tpp, Comparison::below, 5000},
                             Condition{Metric::density, Comparison::at_least, 2},
                             Condition{Metric::dram, Comparison::at_least, 1000},
                             Condition{Metric::io, Comparison::at_least, 300});
}

Date any_day() {
    return on(*rc::gen::inRange(2022, 2027), *rc::gen::inRange(1U, 13U),
              *rc::gen::inRange(1U, 29U));
}

/// A rule that asks something of somebody: a licence, an exception, or a letter's answer.
Rule any_rule(const std::string& id) {
    Rule rule{.id = id, .announced = any_day()};
    rule.events.push_back({.on = rule.announced, .what = EventKind::in_force});
    Requirement ask{.reason = "a further rule"};
    ask.when = {any_condition()};
    ask.verdict = {
        *rc::gen::element<std::string>("LIC_LETTER", "LIC_POD", "LIC_POA", "NAC", "ACA", "LIC_CBC",
                                       "LIC_ENTITY", "GP10", "CN_HELD", "CN_DISCOURAGED"),
        {},
        true};
    ask.to = {*rc::gen::element(std::vector<std::string>{"d5", "MO"},
                                std::vector<std::string>{"d1", "d4"},
                                std::vector<std::string>{"MY", "RU"}),
              {},
              true};
    if (*rc::gen::arbitrary<bool>()) ask.classes = {{"3A090.a"}, {}, true};
    if (*rc::gen::arbitrary<bool>()) ask.vendors = {"NVIDIA"};
    rule.requirements.push_back(ask);
    return rule;
}

RuleLine any_line() {
    RuleLine line{.paragraph = "a further line"};
    line.cls = {*rc::gen::element<std::string>("3A090.a", "3A090.b", "3A090"), {}, true};
    line.when = {any_condition()};
    return line;
}

/// One change after which no chip may be had more easily.
void make_stricter(std::vector<Rule>& rules) {
    switch (*rc::gen::inRange(0, 4)) {
        case 0: {
            const auto limits = limits_of(rules);
            tighten(limits[*rc::gen::inRange<std::size_t>(0, limits.size())],
                    *rc::gen::element(1.01, 1.1, 1.5, 3.0, 100.0));
            break;
        }
        case 1: rules.push_back(any_rule("X-1")); break;
        case 2: {  // a line of some rule that has lines
            std::vector<Rule*> with_lines;
            for (Rule& rule : rules) {
                if (!rule.lines.empty()) with_lines.push_back(&rule);
            }
            with_lines[*rc::gen::inRange<std::size_t>(0, with_lines.size())]->lines.push_back(
                any_line());
            break;
        }
        default:
            for (Rule& rule : rules) {  // a whole rule at once, as a stricter version would be
                if (rule.id != "R23") continue;
                const double factor = *rc::gen::element(1.02, 1.1, 2.0);
                for (RuleLine& line : rule.lines) {
                    for (Condition& c : line.when) tighten({&c, Limit::asks}, factor);
                }
            }
    }
}

// Over authorities, rules, thresholds, chips, destinations and days: the strictest answer in
// practice wins, and a row that loosens, loosens only what its own rule's row asked for the same
// class.
TEST(RulesLaw, AStricterRuleNeverLoosens) {
    const Catalog& catalog = built_in_catalog();
    EXPECT_TRUE(rc::check([&] {
        std::vector<Rule> rules = catalog.rules;
        const int earlier = *rc::gen::inRange(0, 3);  // upon other rules of one's own
        for (int i = 0; i < earlier; ++i) make_stricter(rules);
        // one further rule stays, under another id, so that the change may add its own
        if (rules.size() > catalog.rules.size()) rules.resize(catalog.rules.size() + 1);
        const Rulebook before = rulebook_of(rules, catalog.groups, catalog.authorities).value();
        for (Rule& rule : rules) {
            if (rule.id == "X-1") rule.id = "X-0";
        }
        make_stricter(rules);
        const Rulebook after = rulebook_of(rules, catalog.groups, catalog.authorities).value();
        for (int i = 0; i < 200; ++i) {
            RuleQuery q = any_question();
            if (*rc::gen::arbitrary<bool>()) {
                q.chip = chip_facts(catalog, *rc::gen::elementOf(catalog.chips));
            }
            if (*rc::gen::arbitrary<bool>()) q.date = on(2025, 6, 1);
            const Verdict loose = judge(before, q);
            const Verdict strict = judge(after, q);
            for (std::size_t a = 0; a < loose.outcomes.size(); ++a) {
                const Outcome& was = loose.outcomes[a];
                const Outcome& is = strict.outcomes[a];
                if (was.open || is.open || is.step >= was.step) continue;
                RC_FAIL(q.chip.chip + " to " + q.party.to + " on " + to_text(q.date) + ": " +
                        was.code + " by " + was.rule + " became " + is.code + " by " + is.rule);
            }
        }
    }));
}

/// Codes of the twin begin with this, and so do the ids of its rules.
std::string twin_of(const std::string& code) { return "T-" + code; }

Written<std::vector<std::string>> twins_of(Written<std::vector<std::string>> codes) {
    for (std::string& code : codes.value) code = twin_of(code);
    return codes;
}

/// An authority with the same verdicts and classes under other codes.
Authority twin_of(Authority authority) {
    authority.id = "twin";
    authority.order += 1;
    for (VerdictRow& row : authority.verdicts) row.code = twin_of(row.code);
    for (ClassRow& row : authority.classes) row.code = twin_of(row.code);
    for (std::string* code : {&authority.open, &authority.under_all_lines,
                              &authority.before_any_line, &authority.class_open}) {
        *code = twin_of(*code);
    }
    return authority;
}

/// The rule with the codes of the twin; rows of others are left out.
Rule twin_of(Rule rule, const Authority& original) {
    rule.id = twin_of(rule.id);
    for (RuleLine& line : rule.lines) line.cls.value = twin_of(line.cls.value);
    std::erase_if(rule.requirements, [&](const Requirement& ask) {
        return verdict_index(original, ask.verdict.value) < 0;
    });
    for (Requirement& ask : rule.requirements) {
        ask.verdict.value = twin_of(ask.verdict.value);
        ask.classes = twins_of(ask.classes);
        ask.after = twins_of(ask.after);
        ask.yields_to = twins_of(ask.yields_to);
        ask.after_rules = twins_of(ask.after_rules);
    }
    return rule;
}

// No authority, verdict or class is known to the engine by name: the same rules under other codes
// give the same answers, beside the first authority and without changing what it says.
TEST(RulesLaw, ATwinAuthorityAnswersAlike) {
    const Catalog& catalog = built_in_catalog();
    EXPECT_TRUE(rc::check([&] {
        std::vector<Rule> rules = catalog.rules;
        if (*rc::gen::arbitrary<bool>()) make_stricter(rules);
        const Rulebook alone = rulebook_of(rules, catalog.groups, catalog.authorities).value();
        std::vector<Authority> authorities = catalog.authorities;
        const Authority original = alone.authorities.front();
        authorities.push_back(twin_of(original));
        const std::size_t own = rules.size();
        for (std::size_t i = 0; i < own; ++i) rules.push_back(twin_of(rules[i], original));
        const Rulebook both = rulebook_of(rules, catalog.groups, authorities).value();
        for (int i = 0; i < 50; ++i) {
            RuleQuery q = any_question();
            if (*rc::gen::arbitrary<bool>()) {
                q.chip = chip_facts(catalog, *rc::gen::elementOf(catalog.chips));
            }
            const Outcome before = judge(alone, q).lead();
            const Verdict verdict = judge(both, q);
            const Outcome& twin = verdict.of("twin");
            RC_ASSERT(verdict.lead().code == before.code);
            RC_ASSERT(verdict.lead().rule == before.rule);
            RC_ASSERT(twin.code == twin_of(before.code));
            RC_ASSERT(twin.cls == twin_of(before.cls));
            RC_ASSERT(twin.rule == (before.rule.empty() ? "" : twin_of(before.rule)));
            RC_ASSERT(twin.licences == before.licences);
            RC_ASSERT(twin.conditions == before.conditions || !verdict.charges.empty());
        }
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
