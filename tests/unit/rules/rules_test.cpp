// The export rules: worked cases of the catalog's chips, thresholds, dates and open figures.
#include <gtest/gtest.h>

#include <cmath>

#include "millwright/base/text.h"
#include "millwright/intake/rule_query.h"
#include "millwright/rules/timeline.h"

namespace millwright {
namespace TEST_FILE {

const Rulebook& rulebook() {
    static const Rulebook book = resolve_rulebook(built_in_catalog()).value();
    return book;
}

Verdict judged(const RuleQuery& query) { return judge(rulebook(), query); }

RuleQuery query_for(const char* chip, Date date, const char* to = "CN", const char* hq = "CN") {
    const Catalog& catalog = built_in_catalog();
    RuleQuery query{.chip = chip_facts(catalog, part_named(catalog.chips, chip)), .date = date};
    query.party.to = to;
    query.party.headquarters = hq;
    return query;
}

struct Case {
    const char* chip;
    Date date;
    const char *to, *hq;
    const char *cls, *us;
};

constexpr Date story = on(2026, 2, 1);
constexpr Date summer = on(2025, 7, 20);

TEST(Verdict, OfTheCatalogsChips) {
    const Case cases[] = {
        {"h100-sxm", story, "CN", "CN", "3A090.a", "LIC_CBC"},
        {"h200-sxm", story, "CN", "CN", "3A090.a", "LIC_CBC"},
        {"h200-sxm", on(2026, 1, 14), "CN", "CN", "3A090.a", "LIC_POD"},
        {"h200-sxm", summer, "CN", "CN", "3A090.a", "LIC_POD"},
        {"h200-sxm", story, "RU", "RU", "3A090.a", "LIC_POD"},
        {"h200-sxm", story, "SG", "CN", "3A090.a", "LIC_POD"},
        {"h200-sxm", story, "SG", "SG", "3A090.a", "NLR"},
        {"h200-sxm", story, "AE", "AE", "3A090.a", "LIC_POA"},
        {"h20", story, "CN", "CN", "3A991.p", "LIC_LETTER"},
        {"h20", on(2024, 6, 1), "CN", "CN", "3A991.p", "NLR"},
        {"h20", on(2025, 6, 1), "MY", "CN", "3A991.p", "LIC_LETTER"},
        {"h20", on(2025, 6, 1), "MY", "MY", "3A991.p", "NLR"},
        {"rtx-pro-6000d", story, "CN", "CN", "3A991.p", "NLR"},
        {"rtx-pro-6000", story, "CN", "CN", "3A090.a", "LIC_CBC"},
        {"b30a", story, "CN", "CN", "3A090.a", "LIC_POD"},
        {"gb200", story, "CN", "CN", "3A090.a", "LIC_POD"},
        {"ascend-910c", story, "CN", "CN", "3A090.a", "GP10"},
        {"ascend-910c", story, "MY", "MY", "3A090.a", "GP10"},
        {"ascend-910b2", on(2025, 5, 12), "DE", "DE", "3A090.a", "NLR"},
        {"l40", on(2024, 1, 15), "CN", "CN", "3A090.b", "NAC"},
        {"l20", story, "CN", "CN", "3A991.p", "NLR"},
        {"rtx-4090", on(2024, 6, 1), "CN", "CN", "3A090.a", "NAC"},
        {"rtx-4090", on(2024, 6, 1), "VN", "VN", "3A090.a", "ACA"},
        {"rtx-4090", on(2024, 1, 15), "VN", "VN", "3A090.a", "NAC_NONOTICE"},
        {"rtx-4090-d", on(2024, 6, 1), "CN", "CN", "3A991.p", "NLR"},
        {"a800-80gb-sxm", on(2022, 12, 1), "CN", "CN", "3A991.p", "NLR"},
        {"a800-80gb-sxm", on(2023, 10, 25), "CN", "CN", "3A991.p", "LIC_LETTER"},
        {"a100-80gb-sxm", on(2022, 12, 1), "CN", "CN", "3A090", "LIC_POD"},
        {"a100-80gb-sxm", on(2022, 12, 1), "MO", "MO", "3A090", "NLR"},
        {"a100-80gb-sxm", on(2022, 9, 15), "CN", "CN", "none", "LIC_LETTER"},
        {"a100-80gb-sxm", on(2022, 8, 1), "CN", "CN", "none", "NLR"},
    };
    for (const Case& c : cases) {
        const Verdict v = judged(query_for(c.chip, c.date, c.to, c.hq));
        EXPECT_EQ(v.of("us").code, c.us) << c.chip << " " << to_text(c.date) << c.to;
        EXPECT_EQ(v.lead().cls, c.cls) << c.chip << " " << to_text(c.date);
        EXPECT_FALSE(v.lead().reason.empty());
        EXPECT_EQ(v.citations.empty(), c.date == on(2022, 8, 1)) << c.chip;
    }
}

RuleQuery invented(double tpp, double area, Date date = on(2024, 6, 1)) {
    RuleQuery query{.date = date};
    query.chip.vendor = "Example";
    query.chip.data_centre = Truth::yes;
    query.chip.us_market = Truth::yes;
    query.chip.tpp = exactly(tpp);
    query.chip.area = exactly(area);
    query.chip.dram = exactly(900);
    query.chip.io = exactly(64);
    query.party.to = query.party.headquarters = "CN";
    return query;
}

std::string class_of(double tpp, double area) { return judged(invented(tpp, area)).lead().cls; }

// Each threshold at the line, one below and one above (88 FR 73458: lower limits inclusive).
TEST(Class, ThresholdsAreExact) {
    EXPECT_EQ(class_of(4800, 4000), "3A090.a");
    EXPECT_EQ(class_of(4801, 4000), "3A090.a");
    EXPECT_EQ(class_of(4799, 4000), "3A991.p");
    EXPECT_EQ(class_of(1600, 1600 / 5.92), "3A090.a");
    EXPECT_EQ(class_of(1599, 100), "3A991.p");
    EXPECT_EQ(class_of(1600, 500), "3A090.b");  // density 3.2
    EXPECT_EQ(class_of(1600, 500.01), "3A991.p");
    EXPECT_EQ(class_of(2400, 1500), "3A090.b");  // density 1.6
    EXPECT_EQ(class_of(2400, 1500.1), "3A991.p");
    EXPECT_EQ(class_of(2399, 1500), "3A991.p");
    EXPECT_EQ(class_of(4799, 810.64), "3A090.a");  // density just over 5.92
    EXPECT_EQ(class_of(4799, 812.02), "3A090.b");
}

TEST(Class, Of2022NeedsBothArms) {
    const auto class_with = [](double io, double tpp) {
        RuleQuery q = invented(tpp, 800, on(2023, 6, 1));
        q.chip.io = exactly(io);
        return judged(q).lead().cls;
    };
    EXPECT_EQ(class_with(600, 4800), "3A090");
    EXPECT_EQ(class_with(599, 4800), "3A991.p");
    EXPECT_EQ(class_with(601, 4799), "3A991.p");
    EXPECT_EQ(class_with(601, 4801), "3A090");
}

TEST(Letter, OfApril2025StandsAtItsLines) {
    const auto verdict_with = [](double dram, double io) {
        RuleQuery q = invented(2000, 814, on(2025, 5, 1));
        q.chip.vendor = "NVIDIA";
        q.chip.dram = exactly(dram);
        q.chip.io = exactly(io);
        return judged(q).of("us").code;
    };
    EXPECT_EQ(verdict_with(1400, 10), "LIC_LETTER");
    EXPECT_EQ(verdict_with(1399, 10), "NLR");
    EXPECT_EQ(verdict_with(100, 1100), "LIC_LETTER");
    EXPECT_EQ(verdict_with(100, 1099), "NLR");
    EXPECT_EQ(verdict_with(1000, 700), "LIC_LETTER");
    EXPECT_EQ(verdict_with(1000, 699), "NLR");
    RuleQuery other = invented(2000, 814, on(2025, 5, 1));
    other.chip.dram = exactly(4000);
    EXPECT_EQ(judged(other).of("us").code, "NLR");  // not addressed
}

TEST(Lane, OfJanuary2026IsStrict) {
    const auto verdict_with = [](double tpp, double dram) {
        RuleQuery q = invented(tpp, 814, on(2026, 3, 1));
        q.chip.dram = exactly(dram);
        return judged(q);
    };
    EXPECT_EQ(verdict_with(20999, 6499).of("us").code, "LIC_CBC");
    EXPECT_EQ(verdict_with(21000, 6499).of("us").code, "LIC_POD");
    EXPECT_EQ(verdict_with(20999, 6500).of("us").code, "LIC_POD");
    RuleQuery reexport = invented(20000, 814, on(2026, 3, 1));
    reexport.party.from = "SG";
    EXPECT_EQ(judged(reexport).of("us").code, "LIC_POD");
    EXPECT_EQ(verdict_with(15832, 4800).charges.size(), 1U);  // the tariff's first band
    EXPECT_TRUE(verdict_with(15832, 3350).charges.empty());
}

TEST(Open, AMissingAreaIsAskedForWhereItDecides) {
    RuleQuery q = invented(2500, 0);
    q.chip.area = {};
    const Verdict open = judged(q);
    EXPECT_EQ(open.of("us").code, "UNDECIDED");
    EXPECT_EQ(open.lead().reason, "cannot decide: needs die area");
    q.chip.tpp = exactly(4800);
    EXPECT_EQ(judged(q).lead().cls, "3A090.a");  // decided without it
    q.chip.tpp = exactly(2500);
    q.party.to = q.party.headquarters = "DE";
    EXPECT_EQ(judged(q).of("us").code, "NLR");  // no rule reaches there
    q.party.to = q.party.headquarters = "CN";
    q.chip.planar = true;
    EXPECT_EQ(judged(q).lead().cls, "3A991.p");
}

TEST(Open, UnknownRatesBandwidthsAndMarketing) {
    RuleQuery q = invented(2000, 814, on(2025, 6, 1));
    q.chip.vendor = "NVIDIA";
    q.chip.dram = {};
    EXPECT_TRUE(contains(judged(q).lead().reason, "memory bandwidth"));
    q.chip.io = exactly(1100);  // reaches the letter whatever the memory does
    EXPECT_EQ(judged(q).of("us").code, "LIC_LETTER");
    RuleQuery rate = invented(0, 814);
    rate.chip.tpp = {};
    EXPECT_TRUE(contains(judged(rate).lead().reason, "dense rate"));
    RuleQuery marketing = invented(4706.4, 608.5);
    marketing.chip.data_centre = Truth::unknown;
    EXPECT_TRUE(contains(judged(marketing).lead().reason, "marketed for data centres"));
    marketing.chip.tpp = exactly(1500);
    EXPECT_EQ(judged(marketing).of("us").code, "NLR");
}

TEST(Memory, StacksHaveAClassOfTheirOwn) {
    const auto stack = [](double dram, Date date) {
        RuleQuery q = invented(0, 1, date);
        q.chip.hbm_stack = true;
        q.chip.dram = exactly(dram);
        q.chip.package = exactly(100);
        return judged(q);
    };
    EXPECT_EQ(stack(201, on(2025, 1, 1)).of("us").code, "HBM");
    EXPECT_EQ(stack(200, on(2025, 1, 1)).of("us").code, "NLR");
    EXPECT_EQ(stack(329, on(2025, 1, 1)).of("us").code, "HBM");
    EXPECT_EQ(stack(330, on(2025, 1, 1)).of("us").code, "LIC_POD");
    EXPECT_EQ(stack(330, on(2025, 1, 1)).lead().cls, "3A090.c");
    EXPECT_EQ(stack(330, on(2024, 12, 30)).of("us").code, "NLR");
}

TEST(EndUse, ADenseHallIsASupercomputer) {
    RuleQuery query = query_for("h20", on(2024, 8, 1));
    query.party.quantity = 5000;                    // 220 PFLOPS of FP32
    EXPECT_EQ(judged(query).of("us").code, "NLR");  // no hall, no test, and it says so
    EXPECT_TRUE(contains(join(judged(query).open, ""), "no hall volume"));
    query.party.hall_m3 = 1000;
    EXPECT_EQ(judged(query).of("us").code, "LIC_ENDUSE");
    query.party.quantity = 4000;  // 176 PFLOPS
    EXPECT_EQ(judged(query).of("us").code, "NLR");
    query.party.quantity = 115000;
    query.party.hall_m3 = 400000;  // 14.9 PFLOPS in 1,178 m3
    EXPECT_EQ(judged(query).of("us").code, "NLR");
    query.party.end_use = EndUse::supercomputer;
    EXPECT_EQ(judged(query).of("us").code, "LIC_ENDUSE");
    query.party.entity_listed = true;
    EXPECT_EQ(judged(query).of("us").code, "LIC_ENTITY");
}

TEST(EndUse, PeaksStandAtTheirLines) {
    const auto verdict_with = [](double fp64, double fp32, double quantity) {
        RuleQuery q = invented(1000, 814);
        q.chip.fp64 = exactly(fp64);
        q.chip.fp32 = exactly(fp32);
        q.party.quantity = quantity;
        q.party.hall_m3 = 1000;
        return judged(q).of("us").code;
    };
    EXPECT_EQ(verdict_with(1, 1, 100'000), "LIC_ENDUSE");  // 100 PFLOPS of FP64
    EXPECT_EQ(verdict_with(1, 1, 99'999), "NLR");
    EXPECT_EQ(verdict_with(0.1, 2, 100'000), "LIC_ENDUSE");  // 200 PFLOPS of FP32
    EXPECT_EQ(verdict_with(0.1, 2, 99'999), "NLR");
    RuleQuery open = invented(1000, 814);
    open.party.quantity = 100'000;
    open.party.hall_m3 = 1000;
    EXPECT_TRUE(contains(judged(open).lead().reason, "cannot decide: needs FP64 rate, FP32 rate"));
}

TEST(EndUse, MilitaryAndAffiliates) {
    RuleQuery query = query_for("l20", on(2025, 10, 1));
    query.party.end_use = EndUse::military;
    EXPECT_EQ(judged(query).of("us").code, "LIC_ENDUSE");
    query.party.to = query.party.headquarters = "DE";
    EXPECT_EQ(judged(query).of("us").code, "NLR");
    query.party.end_use = EndUse::commercial;
    query.party.affiliate = true;
    EXPECT_EQ(judged(query).of("us").code, "LIC_ENTITY");
    query.date = on(2026, 3, 1);  // suspended
    EXPECT_EQ(judged(query).of("us").code, "NLR");
    query.date = on(2026, 11, 10);  // resumed
    EXPECT_EQ(judged(query).of("us").code, "LIC_ENTITY");
}

TEST(Clocks, WhatWasKnownIsNotWhatCameToBe) {
    RuleQuery query = query_for("h100-sxm", on(2025, 6, 1), "CH", "CH");
    EXPECT_EQ(judged(query).of("us").code, "NLR");
    EXPECT_TRUE(contains(judged(query).by_text, "R25-D would ask LIC_POA"));
    query.known = on(2025, 2, 1);  // the diffusion rule announced, its end not
    EXPECT_EQ(judged(query).of("us").code, "LIC_POA");
    query.known = all_known;
    query.basis = Basis::text;
    EXPECT_EQ(judged(query).of("us").code, "LIC_POA");
    RuleQuery a800 = query_for("a800-80gb-sxm", on(2023, 12, 1));
    a800.known = on(2023, 10, 1);
    EXPECT_EQ(judged(a800).of("us").code, "NLR");
    a800.known = on(2023, 10, 20);
    EXPECT_EQ(judged(a800).of("us").code, "LIC_POD");
}

TEST(Clocks, WithoutARule) {
    RuleQuery query = query_for("h20", summer);
    EXPECT_EQ(judged(query).of("us").code, "LIC_LETTER");
    query.without = {"r25-l"};
    EXPECT_EQ(judged(query).of("us").code, "NLR");
}

TEST(Readings, TurnWhatTheTextLeavesOpen) {
    const Catalog& catalog = built_in_catalog();
    const auto tpp_of = [&](const char* chip, const Readings& readings) {
        return chip_facts(catalog, part_named(catalog.chips, chip), readings, 8).tpp.low;
    };
    EXPECT_NEAR(tpp_of("trainium2", {}), 12673, 1);
    EXPECT_NEAR(tpp_of("trainium2", {.tf32_as_32_bits = true}), 21344, 1);
    EXPECT_NEAR(tpp_of("mi355x", {}), 60398, 1);
    EXPECT_NEAR(tpp_of("mi355x", {.fp6 = false}), 40266, 2);
    EXPECT_NEAR(tpp_of("h20", {.vectors = true}), 2368 + 32 * 44, 1);
    EXPECT_NEAR(tpp_of("vr200", {}), 140000, 1);
    EXPECT_NEAR(tpp_of("vr200", {.fp4_compressed = true}), 200000, 1);
    EXPECT_NEAR(tpp_of("b200-sxm", {.per_die = true}), 18000, 1);
    EXPECT_NEAR(tpp_of("h20", {.per_board = true}), 8 * 2368, 1);
    const ChipFacts mi300x =
        chip_facts(catalog, part_named(catalog.chips, "mi300x"), {.compute_dies_only = true});
    EXPECT_NEAR(performance_density(mi300x).low, 20.57, 0.01);
    RuleQuery spared = query_for("rtx-5090-d", on(2025, 6, 1));
    EXPECT_EQ(judged(spared).of("us").code, "LIC_LETTER");
    EXPECT_EQ(judged(spared).lead().confidence, Confidence::low);
    spared.readings.letters_reach_consumers = false;
    EXPECT_EQ(judged(spared).of("us").code, "NLR");
}

TEST(Confidence, IsLessWhereAFigureIsAGuess) {
    EXPECT_EQ(judged(query_for("h200-sxm", on(2026, 1, 1))).lead().confidence, Confidence::high);
    const Verdict guessed = judged(query_for("b30a", on(2026, 1, 1)));
    EXPECT_EQ(guessed.of("us").code, "LIC_POD");
    EXPECT_EQ(guessed.lead().confidence, Confidence::medium);
    EXPECT_TRUE(contains(join(guessed.open, ""), "tpp rests on an estimate"));
}

TEST(China, MeasuresHaveDates) {
    EXPECT_EQ(judged(query_for("h20", on(2025, 7, 1))).of("cn").code, "CN_NONE");
    EXPECT_EQ(judged(query_for("h20", story)).of("cn").code, "CN_DISCOURAGED");
    EXPECT_EQ(judged(query_for("h200-sxm", on(2026, 1, 20))).of("cn").code, "CN_HELD");
    EXPECT_EQ(judged(query_for("h200-sxm", story)).of("cn").code, "CN_CONDITIONAL");
    EXPECT_EQ(judged(query_for("rtx-pro-6000d", story)).of("cn").code, "CN_DISCOURAGED");
    EXPECT_EQ(judged(query_for("ascend-910c", story)).of("cn").code, "CN_DOMESTIC");
    EXPECT_EQ(judged(query_for("h200-sxm", story, "DE", "DE")).of("cn").code, "CN_NONE");
    RuleQuery funded = query_for("h100-sxm", story);
    EXPECT_EQ(judged(funded).of("cn").code, "CN_DISCOURAGED");
    funded.party.state_funded = Truth::yes;
    EXPECT_EQ(judged(funded).of("cn").code, "CN_HELD");
}

TEST(Supply, KnowsWhatIsNotSold) {
    EXPECT_EQ(judged(query_for("b30a", story)).supply, Supply::never);
    EXPECT_EQ(judged(query_for("rtx-pro-6000d", summer)).supply, Supply::not_yet);
    EXPECT_EQ(judged(query_for("h20", on(2024, 6, 1))).supply, Supply::on_sale);
    EXPECT_EQ(judged(query_for("h20", story)).supply, Supply::scarce);
    EXPECT_EQ(launch_month("2025-H2"), "2025-12");
    EXPECT_EQ(launch_month("2023-Q4"), "2023-12");
    EXPECT_EQ(launch_month("2025-Q1"), "2025-03");
    EXPECT_EQ(launch_month("2024-2025"), "2024-12");
    EXPECT_EQ(launch_month("2024-06 planned"), "2024-06");
    EXPECT_EQ(launch_month("not approved"), "");
}

TEST(Destinations, CarveOutsHold) {
    const auto verdict_in = [](const char* country) {
        return judged(query_for("h100-sxm", on(2024, 6, 1), country, country)).of("us").code;
    };
    EXPECT_EQ(verdict_in("MO"), "LIC_POD");
    EXPECT_EQ(verdict_in("HK"), "LIC_POD");
    EXPECT_EQ(verdict_in("AE"), "LIC_POA");
    EXPECT_EQ(verdict_in("IL"), "NLR");  // D:4 and A:6
    EXPECT_EQ(verdict_in("CY"), "NLR");  // D:5 and A:6
    EXPECT_EQ(verdict_in("MY"), "NLR");
    EXPECT_EQ(judged(query_for("h100-sxm", story, "US", "CN")).of("us").code, "NLR");  // no export
}

TEST(Timeline, TurnsWithTheRules) {
    const auto entries =
        timeline(rulebook(), query_for("h100-sxm", story), on(2022, 8, 1), on(2026, 6, 1));
    std::string codes;
    for (const TimelineEntry& e : entries) codes += to_text(e.from) + e.verdict.of("us").code + " ";
    EXPECT_TRUE(contains(codes, "2022-08-01NLR"));
    EXPECT_TRUE(contains(codes, "2022-08-26LIC_LETTER"));
    EXPECT_TRUE(contains(codes, "2022-10-21LIC_POD"));
    EXPECT_TRUE(contains(codes, "2026-01-15LIC_CBC"));
}

}  // namespace TEST_FILE
}  // namespace millwright
