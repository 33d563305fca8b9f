// Laws of the export rules, over chips near the thresholds, days and parties.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "scenario/rule_query.h"

namespace millwright {
namespace {

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
    q.party.to = *rc::gen::element<std::string>("CN", "HK", "MO", "RU", "AE", "VN", "MY", "DE");
    const bool local = *rc::gen::arbitrary<bool>();
    q.party.headquarters = local ? q.party.to : std::string("CN");
    return q;
}

// A licence that may be had and an exception are one step; a denial is a step further. (By code a
// letter stands before a denial, yet it decides only for chips under all lines.)
TEST(RulesLaw, MorePerformanceOrBandwidthNeverLoosens) {
    EXPECT_TRUE(rc::check([] {
        const RuleQuery base = any_question();
        const int before = restriction(judge(rulebook(), base).us);
        for (Figure ChipFacts::*figure : {&ChipFacts::tpp, &ChipFacts::dram, &ChipFacts::io}) {
            RuleQuery more = base;
            const double raised =
                (base.chip.*figure).low + *rc::gen::element(1, 2, 100, 4000, 30000);
            more.chip.*figure = exactly(raised);
            RC_ASSERT(restriction(judge(rulebook(), more).us) >= before);
        }
    }));
}

TEST(RulesLaw, QuantityDecidesOnlyInAHall) {
    EXPECT_TRUE(rc::check([] {
        RuleQuery one = any_question();
        one.chip.fp64 = one.chip.fp32 = exactly(67);
        RuleQuery many = one;
        many.party.quantity = *rc::gen::inRange(2, 200000);
        RC_ASSERT(judge(rulebook(), one).us == judge(rulebook(), many).us);
        many.party.hall_m3 = 1000;  // more chips in a hall never loosen
        const int restricted = restriction(judge(rulebook(), many).us);
        RC_ASSERT(restricted >= restriction(judge(rulebook(), one).us));
    }));
}

TEST(RulesLaw, AnUnknownFigureStaysOpenOrAgrees) {
    EXPECT_TRUE(rc::check([] {
        const RuleQuery whole = any_question();
        const UsVerdict known = judge(rulebook(), whole).us;
        for (Figure ChipFacts::*figure :
             {&ChipFacts::tpp, &ChipFacts::dram, &ChipFacts::io, &ChipFacts::area}) {
            RuleQuery open = whole;
            open.chip.*figure = {};
            const UsVerdict us = judge(rulebook(), open).us;
            RC_ASSERT(us == UsVerdict::undecided || us == known);
        }
    }));
}

}  // namespace
}  // namespace millwright
