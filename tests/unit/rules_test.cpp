// The export rules: worked cases of the catalog's chips, thresholds, dates and open figures.
#include <gtest/gtest.h>

#include <cmath>

#include "millwright/base/text.h"
#include "millwright/intake/rule_query.h"
#include "millwright/rules/timeline.h"

namespace millwright {
namespace {

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
    ExportClass cls;
    UsVerdict us;
};

constexpr Date story = on(2026, 2, 1);
constexpr Date summer = on(2025, 7, 20);

TEST(Verdict, OfTheCatalogsChips) {
    const Case cases[] = {
        {"h100-sxm", story, "CN", "CN", ExportClass::a, UsVerdict::lic_cbc},
        {"h200-sxm", story, "CN", "CN", ExportClass::a, UsVerdict::lic_cbc},
        {"h200-sxm", on(2026, 1, 14), "CN", "CN", ExportClass::a, UsVerdict::lic_pod},
        {"h200-sxm", summer, "CN", "CN", ExportClass::a, UsVerdict::lic_pod},
        {"h200-sxm", story, "RU", "RU", ExportClass::a, UsVerdict::lic_pod},
        {"h200-sxm", story, "SG", "CN", ExportClass::a, UsVerdict::lic_pod},
        {"h200-sxm", story, "SG", "SG", ExportClass::a, UsVerdict::nlr},
        {"h200-sxm", story, "AE", "AE", ExportClass::a, UsVerdict::lic_poa},
        {"h20", story, "CN", "CN", ExportClass::under, UsVerdict::lic_letter},
        {"h20", on(2024, 6, 1), "CN", "CN", ExportClass::under, UsVerdict::nlr},
        {"h20", on(2025, 6, 1), "MY", "CN", ExportClass::under, UsVerdict::lic_letter},
        {"h20", on(2025, 6, 1), "MY", "MY", ExportClass::under, UsVerdict::nlr},
        {"rtx-pro-6000d", story, "CN", "CN", ExportClass::under, UsVerdict::nlr},
        {"rtx-pro-6000", story, "CN", "CN", ExportClass::a, UsVerdict::lic_cbc},
        {"b30a", story, "CN", "CN", ExportClass::a, UsVerdict::lic_pod},
        {"gb200", story, "CN", "CN", ExportClass::a, UsVerdict::lic_pod},
        {"ascend-910c", story, "CN", "CN", ExportClass::a, UsVerdict::gp10},
        {"ascend-910c", story, "MY", "MY", ExportClass::a, UsVerdict::gp10},
        {"ascend-910b2", on(2025, 5, 12), "DE", "DE", ExportClass::a, UsVerdict::nlr},
        {"l40", on(2024, 1, 15), "CN", "CN", ExportClass::b, UsVerdict::nac},
        {"l20", story, "CN", "CN", ExportClass::under, UsVerdict::nlr},
        {"rtx-4090", on(2024, 6, 1), "CN", "CN", ExportClass::a, UsVerdict::nac},
        {"rtx-4090", on(2024, 6, 1), "VN", "VN", ExportClass::a, UsVerdict::aca},
        {"rtx-4090", on(2024, 1, 15), "VN", "VN", ExportClass::a, UsVerdict::nac_nonotice},
        {"rtx-4090-d", on(2024, 6, 1), "CN", "CN", ExportClass::under, UsVerdict::nlr},
        {"a800-80gb-sxm", on(2022, 12, 1), "CN", "CN", ExportClass::under, UsVerdict::nlr},
        {"a800-80gb-sxm", on(2023, 10, 25), "CN", "CN", ExportClass::under, UsVerdict::lic_letter},
        {"a100-80gb-sxm", on(2022, 12, 1), "CN", "CN", ExportClass::of_2022, UsVerdict::lic_pod},
        {"a100-80gb-sxm", on(2022, 12, 1), "MO", "MO", ExportClass::of_2022, UsVerdict::nlr},
        {"a100-80gb-sxm", on(2022, 9, 15), "CN", "CN", ExportClass::none, UsVerdict::lic_letter},
        {"a100-80gb-sxm", on(2022, 8, 1), "CN", "CN", ExportClass::none, UsVerdict::nlr},
    };
    for (const Case& c : cases) {
        const Verdict v = judged(query_for(c.chip, c.date, c.to, c.hq));
        EXPECT_EQ(name_of(v.us), name_of(c.us)) << c.chip << " " << to_text(c.date) << c.to;
        EXPECT_EQ(name_of(v.cls), name_of(c.cls)) << c.chip << " " << to_text(c.date);
        EXPECT_FALSE(v.reason.empty());
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

ExportClass class_of(double tpp, double area) { return judged(invented(tpp, area)).cls; }

// Each threshold at the line, one below and one above (88 FR 73458: lower limits inclusive).
TEST(Class, ThresholdsAreExact) {
    EXPECT_EQ(class_of(4800, 4000), ExportClass::a);
    EXPECT_EQ(class_of(4801, 4000), ExportClass::a);
    EXPECT_EQ(class_of(4799, 4000), ExportClass::under);
    EXPECT_EQ(class_of(1600, 1600 / 5.92), ExportClass::a);
    EXPECT_EQ(class_of(1599, 100), ExportClass::under);
    EXPECT_EQ(class_of(1600, 500), ExportClass::b);  // density 3.2
    EXPECT_EQ(class_of(1600, 500.01), ExportClass::under);
    EXPECT_EQ(class_of(2400, 1500), ExportClass::b);  // density 1.6
    EXPECT_EQ(class_of(2400, 1500.1), ExportClass::under);
    EXPECT_EQ(class_of(2399, 1500), ExportClass::under);
    EXPECT_EQ(class_of(4799, 810.64), ExportClass::a);  // density just over 5.92
    EXPECT_EQ(class_of(4799, 812.02), ExportClass::b);
}

TEST(Class, Of2022NeedsBothArms) {
    const auto class_with = [](double io, double tpp) {
        RuleQuery q = invented(tpp, 800, on(2023, 6, 1));
        q.chip.io = exactly(io);
        return judged(q).cls;
    };
    EXPECT_EQ(class_with(600, 4800), ExportClass::of_2022);
    EXPECT_EQ(class_with(599, 4800), ExportClass::under);
    EXPECT_EQ(class_with(601, 4799), ExportClass::under);
    EXPECT_EQ(class_with(601, 4801), ExportClass::of_2022);
}

TEST(Letter, OfApril2025StandsAtItsLines) {
    const auto verdict_with = [](double dram, double io) {
        RuleQuery q = invented(2000, 814, on(2025, 5, 1));
        q.chip.vendor = "NVIDIA";
        q.chip.dram = exactly(dram);
        q.chip.io = exactly(io);
        return judged(q).us;
    };
    EXPECT_EQ(verdict_with(1400, 10), UsVerdict::lic_letter);
    EXPECT_EQ(verdict_with(1399, 10), UsVerdict::nlr);
    EXPECT_EQ(verdict_with(100, 1100), UsVerdict::lic_letter);
    EXPECT_EQ(verdict_with(100, 1099), UsVerdict::nlr);
    EXPECT_EQ(verdict_with(1000, 700), UsVerdict::lic_letter);
    EXPECT_EQ(verdict_with(1000, 699), UsVerdict::nlr);
    RuleQuery other = invented(2000, 814, on(2025, 5, 1));
    other.chip.dram = exactly(4000);
    EXPECT_EQ(judged(other).us, UsVerdict::nlr);  // not addressed
}

TEST(Lane, OfJanuary2026IsStrict) {
    const auto verdict_with = [](double tpp, double dram) {
        RuleQuery q = invented(tpp, 814, on(2026, 3, 1));
        q.chip.dram = exactly(dram);
        return judged(q);
    };
    EXPECT_EQ(verdict_with(20999, 6499).us, UsVerdict::lic_cbc);
    EXPECT_EQ(verdict_with(21000, 6499).us, UsVerdict::lic_pod);
    EXPECT_EQ(verdict_with(20999, 6500).us, UsVerdict::lic_pod);
    RuleQuery reexport = invented(20000, 814, on(2026, 3, 1));
    reexport.party.from = "SG";
    EXPECT_EQ(judged(reexport).us, UsVerdict::lic_pod);
    EXPECT_EQ(verdict_with(15832, 4800).charges.size(), 1U);  // the tariff's first band
    EXPECT_TRUE(verdict_with(15832, 3350).charges.empty());
}

TEST(Open, AMissingAreaIsAskedForWhereItDecides) {
    RuleQuery q = invented(2500, 0);
    q.chip.area = {};
    const Verdict open = judged(q);
    EXPECT_EQ(open.us, UsVerdict::undecided);
    EXPECT_EQ(open.reason, "cannot decide: needs die area");
    q.chip.tpp = exactly(4800);
    EXPECT_EQ(judged(q).cls, ExportClass::a);  // decided without it
    q.chip.tpp = exactly(2500);
    q.party.to = q.party.headquarters = "DE";
    EXPECT_EQ(judged(q).us, UsVerdict::nlr);  // no rule reaches there
    q.party.to = q.party.headquarters = "CN";
    q.chip.planar = true;
    EXPECT_EQ(judged(q).cls, ExportClass::under);
}

TEST(Open, UnknownRatesBandwidthsAndMarketing) {
    RuleQuery q = invented(2000, 814, on(2025, 6, 1));
    q.chip.vendor = "NVIDIA";
    q.chip.dram = {};
    EXPECT_TRUE(contains(judged(q).reason, "memory bandwidth"));
    q.chip.io = exactly(1100);  // reaches the letter whatever the memory does
    EXPECT_EQ(judged(q).us, UsVerdict::lic_letter);
    RuleQuery rate = invented(0, 814);
    rate.chip.tpp = {};
    EXPECT_TRUE(contains(judged(rate).reason, "dense rate"));
    RuleQuery marketing = invented(4706.4, 608.5);
    marketing.chip.data_centre = Truth::unknown;
    EXPECT_TRUE(contains(judged(marketing).reason, "marketed for data centres"));
    marketing.chip.tpp = exactly(1500);
    EXPECT_EQ(judged(marketing).us, UsVerdict::nlr);
}

TEST(Memory, StacksHaveAClassOfTheirOwn) {
    const auto stack = [](double dram, Date date) {
        RuleQuery q = invented(0, 1, date);
        q.chip.hbm_stack = true;
        q.chip.dram = exactly(dram);
        q.chip.package = exactly(100);
        return judged(q);
    };
    EXPECT_EQ(stack(201, on(2025, 1, 1)).us, UsVerdict::hbm);
    EXPECT_EQ(stack(200, on(2025, 1, 1)).us, UsVerdict::nlr);
    EXPECT_EQ(stack(329, on(2025, 1, 1)).us, UsVerdict::hbm);
    EXPECT_EQ(stack(330, on(2025, 1, 1)).us, UsVerdict::lic_pod);
    EXPECT_EQ(stack(330, on(2025, 1, 1)).cls, ExportClass::c);
    EXPECT_EQ(stack(330, on(2024, 12, 30)).us, UsVerdict::nlr);
}

TEST(EndUse, ADenseHallIsASupercomputer) {
    RuleQuery query = query_for("h20", on(2024, 8, 1));
    query.party.quantity = 5000;                  // 220 PFLOPS of FP32
    EXPECT_EQ(judged(query).us, UsVerdict::nlr);  // no hall, no test, and it says so
    EXPECT_TRUE(contains(join(judged(query).open, ""), "no hall volume"));
    query.party.hall_m3 = 1000;
    EXPECT_EQ(judged(query).us, UsVerdict::lic_enduse);
    query.party.quantity = 4000;  // 176 PFLOPS
    EXPECT_EQ(judged(query).us, UsVerdict::nlr);
    query.party.quantity = 115000;
    query.party.hall_m3 = 400000;  // 14.9 PFLOPS in 1,178 m3
    EXPECT_EQ(judged(query).us, UsVerdict::nlr);
    query.party.end_use = EndUse::supercomputer;
    EXPECT_EQ(judged(query).us, UsVerdict::lic_enduse);
    query.party.entity_listed = true;
    EXPECT_EQ(judged(query).us, UsVerdict::lic_entity);
}

TEST(EndUse, PeaksStandAtTheirLines) {
    const auto verdict_with = [](double fp64, double fp32, double quantity) {
        RuleQuery q = invented(1000, 814);
        q.chip.fp64 = exactly(fp64);
        q.chip.fp32 = exactly(fp32);
        q.party.quantity = quantity;
        q.party.hall_m3 = 1000;
        return judged(q).us;
    };
    EXPECT_EQ(verdict_with(1, 1, 100'000), UsVerdict::lic_enduse);  // 100 PFLOPS of FP64
    EXPECT_EQ(verdict_with(1, 1, 99'999), UsVerdict::nlr);
    EXPECT_EQ(verdict_with(0.1, 2, 100'000), UsVerdict::lic_enduse);  // 200 PFLOPS of FP32
    EXPECT_EQ(verdict_with(0.1, 2, 99'999), UsVerdict::nlr);
    RuleQuery open = invented(1000, 814);
    open.party.quantity = 100'000;
    open.party.hall_m3 = 1000;
    EXPECT_TRUE(contains(judged(open).reason, "cannot decide: needs FP64 rate, FP32 rate"));
}

TEST(EndUse, MilitaryAndAffiliates) {
    RuleQuery query = query_for("l20", on(2025, 10, 1));
    query.party.end_use = EndUse::military;
    EXPECT_EQ(judged(query).us, UsVerdict::lic_enduse);
    query.party.to = query.party.headquarters = "DE";
    EXPECT_EQ(judged(query).us, UsVerdict::nlr);
    query.party.end_use = EndUse::commercial;
    query.party.affiliate = true;
    EXPECT_EQ(judged(query).us, UsVerdict::lic_entity);
    query.date = on(2026, 3, 1);  // suspended
    EXPECT_EQ(judged(query).us, UsVerdict::nlr);
    query.date = on(2026, 11, 10);  // resumed
    EXPECT_EQ(judged(query).us, UsVerdict::lic_entity);
}

TEST(Clocks, WhatWasKnownIsNotWhatCameToBe) {
    RuleQuery query = query_for("h100-sxm", on(2025, 6, 1), "CH", "CH");
    EXPECT_EQ(judged(query).us, UsVerdict::nlr);
    EXPECT_TRUE(contains(judged(query).by_text, "R25-D would ask LIC_POA"));
    query.known = on(2025, 2, 1);  // the diffusion rule announced, its end not
    EXPECT_EQ(judged(query).us, UsVerdict::lic_poa);
    query.known = all_known;
    query.basis = Basis::text;
    EXPECT_EQ(judged(query).us, UsVerdict::lic_poa);
    RuleQuery a800 = query_for("a800-80gb-sxm", on(2023, 12, 1));
    a800.known = on(2023, 10, 1);
    EXPECT_EQ(judged(a800).us, UsVerdict::nlr);
    a800.known = on(2023, 10, 20);
    EXPECT_EQ(judged(a800).us, UsVerdict::lic_pod);
}

TEST(Clocks, WithoutARule) {
    RuleQuery query = query_for("h20", summer);
    EXPECT_EQ(judged(query).us, UsVerdict::lic_letter);
    query.without = {"r25-l"};
    EXPECT_EQ(judged(query).us, UsVerdict::nlr);
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
    EXPECT_EQ(judged(spared).us, UsVerdict::lic_letter);
    EXPECT_EQ(judged(spared).confidence, Confidence::low);
    spared.readings.letters_reach_consumers = false;
    EXPECT_EQ(judged(spared).us, UsVerdict::nlr);
}

TEST(Confidence, IsLessWhereAFigureIsAGuess) {
    EXPECT_EQ(judged(query_for("h200-sxm", on(2026, 1, 1))).confidence, Confidence::high);
    const Verdict guessed = judged(query_for("b30a", on(2026, 1, 1)));
    EXPECT_EQ(guessed.us, UsVerdict::lic_pod);
    EXPECT_EQ(guessed.confidence, Confidence::medium);
    EXPECT_TRUE(contains(join(guessed.open, ""), "tpp rests on an estimate"));
}

TEST(China, MeasuresHaveDates) {
    EXPECT_EQ(judged(query_for("h20", on(2025, 7, 1))).cn, CnVerdict::none);
    EXPECT_EQ(judged(query_for("h20", story)).cn, CnVerdict::discouraged);
    EXPECT_EQ(judged(query_for("h200-sxm", on(2026, 1, 20))).cn, CnVerdict::held);
    EXPECT_EQ(judged(query_for("h200-sxm", story)).cn, CnVerdict::conditional);
    EXPECT_EQ(judged(query_for("rtx-pro-6000d", story)).cn, CnVerdict::discouraged);
    EXPECT_EQ(judged(query_for("ascend-910c", story)).cn, CnVerdict::domestic);
    EXPECT_EQ(judged(query_for("h200-sxm", story, "DE", "DE")).cn, CnVerdict::none);
    RuleQuery funded = query_for("h100-sxm", story);
    EXPECT_EQ(judged(funded).cn, CnVerdict::discouraged);
    funded.party.state_funded = Truth::yes;
    EXPECT_EQ(judged(funded).cn, CnVerdict::held);
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
        return judged(query_for("h100-sxm", on(2024, 6, 1), country, country)).us;
    };
    EXPECT_EQ(verdict_in("MO"), UsVerdict::lic_pod);
    EXPECT_EQ(verdict_in("HK"), UsVerdict::lic_pod);
    EXPECT_EQ(verdict_in("AE"), UsVerdict::lic_poa);
    EXPECT_EQ(verdict_in("IL"), UsVerdict::nlr);  // D:4 and A:6
    EXPECT_EQ(verdict_in("CY"), UsVerdict::nlr);  // D:5 and A:6
    EXPECT_EQ(verdict_in("MY"), UsVerdict::nlr);
    EXPECT_EQ(judged(query_for("h100-sxm", story, "US", "CN")).us, UsVerdict::nlr);  // no export
}

TEST(Timeline, TurnsWithTheRules) {
    const auto entries =
        timeline(rulebook(), query_for("h100-sxm", story), on(2022, 8, 1), on(2026, 6, 1));
    std::string codes;
    for (const TimelineEntry& e : entries)
        codes += to_text(e.from) + std::string(name_of(e.verdict.us)) + " ";
    EXPECT_TRUE(contains(codes, "2022-08-01NLR"));
    EXPECT_TRUE(contains(codes, "2022-08-26LIC_LETTER"));
    EXPECT_TRUE(contains(codes, "2022-10-21LIC_POD"));
    EXPECT_TRUE(contains(codes, "2026-01-15LIC_CBC"));
}

}  // namespace
}  // namespace millwright
