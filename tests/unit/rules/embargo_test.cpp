// Embargoed places: dates, what yields to what, what is left open, and letters on classed chips.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace TEST_FILE {

const Rulebook& rulebook() {
    static const Rulebook book = resolve_rulebook(built_in_catalog()).value();
    return book;
}

RuleQuery query_for(const char* chip, Date date, const char* to, const char* hq = nullptr) {
    const Catalog& catalog = built_in_catalog();
    RuleQuery query{.chip = chip_facts(catalog, part_named(catalog.chips, chip)), .date = date};
    query.party.to = to;
    query.party.headquarters = hq == nullptr ? to : hq;
    return query;
}

std::string us_of(const char* chip, Date date, const char* to, const char* hq = nullptr) {
    return judge(rulebook(), query_for(chip, date, to, hq)).of("us").code;
}

constexpr Date now = on(2026, 2, 1);

// 15 CFR 746: ordinary parts too, for 3A991, 4A994 and 5A992 are entries of the list.
TEST(Embargo, ReachesOrdinaryParts) {
    for (const char* place : {"RU", "BY", "IR", "CU", "KP", "UA-43", "UA-40", "UA-14", "UA-09"}) {
        for (const char* chip : {"l4", "rtx-4090", "h20", "rtx-5090-d", "l20"}) {
            const Verdict v = judge(rulebook(), query_for(chip, on(2023, 6, 1), place));
            EXPECT_EQ(v.of("us").code, "LIC_EMBARGO") << chip << " " << place;
            EXPECT_EQ(restriction(v), 2);
            EXPECT_FALSE(may_have(v));
            EXPECT_TRUE(v.open.empty()) << chip << " " << place << ": " << join(v.open, "; ");
            EXPECT_FALSE(v.citations.empty());
        }
    }
}

TEST(Embargo, BeginsOnItsDay) {
    EXPECT_EQ(us_of("l20", on(2022, 2, 23), "RU"), "NLR");
    EXPECT_EQ(us_of("l20", on(2022, 2, 24), "RU"), "LIC_EMBARGO");
    EXPECT_EQ(us_of("l20", on(2022, 3, 1), "BY"), "NLR");
    EXPECT_EQ(us_of("l20", on(2022, 3, 2), "BY"), "LIC_EMBARGO");
    EXPECT_EQ(us_of("l20", on(2015, 1, 28), "UA-43"), "NLR");
    EXPECT_EQ(us_of("l20", on(2015, 1, 29), "UA-43"), "LIC_EMBARGO");
    EXPECT_EQ(us_of("l20", on(2022, 2, 23), "UA-14"), "NLR");
    EXPECT_EQ(us_of("l20", on(2022, 2, 24), "UA-14"), "LIC_EMBARGO");
    EXPECT_EQ(us_of("l20", on(2010, 1, 1), "IR"), "LIC_EMBARGO");
    EXPECT_EQ(us_of("l20", on(2010, 1, 1), "CU"), "LIC_EMBARGO");
}

// 90 FR 42315: a licence still, but case by case; 3A090 stays denied, for Syria is in D:5.
TEST(Embargo, OfSyriaWasEasedInSeptember2025) {
    EXPECT_EQ(us_of("l20", on(2025, 9, 1), "SY"), "LIC_EMBARGO");
    EXPECT_EQ(us_of("l20", on(2025, 9, 2), "SY"), "LIC_CBC");
    EXPECT_EQ(us_of("rtx-4090", on(2025, 9, 2), "SY"), "LIC_CBC");
    EXPECT_EQ(us_of("h200-sxm", on(2025, 9, 2), "SY"), "LIC_POD");
    EXPECT_FALSE(may_have(judge(rulebook(), query_for("l20", on(2025, 9, 2), "SY"))));
}

TEST(Embargo, YieldsToTheDenialOfTheItemItself) {
    const Verdict v = judge(rulebook(), query_for("h200-sxm", now, "RU"));
    EXPECT_EQ(v.of("us").code, "LIC_POD");
    EXPECT_EQ(v.lead().rule, "R23");
    EXPECT_TRUE(contains(v.lead().reason, "746.8-RU would ask LIC_EMBARGO besides"));
    EXPECT_EQ(v.citations.size(), 2U);
    RuleQuery listed = query_for("l20", now, "RU");
    listed.party.entity_listed = true;
    EXPECT_EQ(judge(rulebook(), listed).of("us").code, "LIC_ENTITY");
    RuleQuery military = query_for("l20", now, "RU");
    military.party.end_use = EndUse::military;
    EXPECT_EQ(judge(rulebook(), military).of("us").code, "LIC_EMBARGO");
    EXPECT_EQ(us_of("a100-80gb-sxm", on(2022, 12, 1), "RU"), "LIC_EMBARGO");  // and R22-L
}

TEST(Embargo, ARegionIsAPartOfItsCountry) {
    EXPECT_EQ(us_of("l20", now, "UA"), "NLR");
    const Verdict v = judge(rulebook(), query_for("l20", now, "UA"));
    ASSERT_EQ(v.would_decide.size(), 1U);
    EXPECT_TRUE(
        contains(v.would_decide.front(), "LIC_EMBARGO if the site is in an embargoed region"));
    EXPECT_TRUE(is_place(rulebook(), "UA-43"));
    EXPECT_FALSE(is_place(rulebook(), "UA-30"));
    EXPECT_TRUE(contains(place_hint(rulebook()), "UA-43"));
    Countries ukraine;
    ukraine.set(*country_index("UA"));
    EXPECT_TRUE(holds_place(rulebook(), ukraine, "UA-43"));
    Countries crimea;
    crimea.set(*place_index(rulebook(), "UA-43"));
    EXPECT_FALSE(holds_place(rulebook(), crimea, "UA"));
}

// The parent's seat alone embargoes no third country, but for Cuban nationals (31 CFR 515.302).
TEST(OpenPoint, AParentInAnEmbargoedPlace) {
    for (const char* parent : {"RU", "BY", "IR", "KP"}) {
        const Verdict v = judge(rulebook(), query_for("l20", now, "MY", parent));
        EXPECT_EQ(v.of("us").code, "NLR");
        EXPECT_NE(v.lead().confidence, Confidence::high) << parent;
        EXPECT_EQ(v.would_decide.size(), 1U) << parent;
        EXPECT_EQ(v.open.size(), 1U) << parent;
        EXPECT_EQ(us_of("l20", now, "US", parent), "NLR");  // no export
        const Verdict at_home = judge(rulebook(), query_for("l20", now, "US", parent));
        EXPECT_TRUE(at_home.open.empty());
    }
    EXPECT_EQ(us_of("l20", now, "MY", "CU"), "LIC_EMBARGO");
    const Verdict denied = judge(rulebook(), query_for("h200-sxm", now, "MY", "RU"));
    EXPECT_EQ(denied.of("us").code, "LIC_POD");
    EXPECT_TRUE(denied.would_decide.empty());
    EXPECT_EQ(denied.lead().confidence, Confidence::high);
}

TEST(OpenPoint, ADenseHallWouldDecide) {
    RuleQuery query = query_for("h20", on(2024, 8, 1), "CN");
    query.party.quantity = 5000;  // 220 PFLOPS of FP32 if they stand in one volume
    const Verdict open = judge(rulebook(), query);
    EXPECT_EQ(open.of("us").code, "NLR");
    EXPECT_EQ(open.lead().confidence, Confidence::medium);
    ASSERT_EQ(open.would_decide.size(), 1U);
    EXPECT_TRUE(contains(open.would_decide.front(), "LIC_ENDUSE if the hall is dense enough"));
    query.party.quantity = 4000;  // not even then
    const Verdict sure = judge(rulebook(), query);
    EXPECT_EQ(sure.lead().confidence, Confidence::high);
    EXPECT_TRUE(sure.would_decide.empty());
    EXPECT_EQ(sure.open.size(), 1U);  // but it is told
}

// Cyprus is in D:5, which the letter names, and in A:6, which R23 leaves out: more performance
// must not free a chip there.
TEST(Letter, ReachesEveryClassWhereNoRuleDoes) {
    EXPECT_EQ(us_of("h20", on(2025, 6, 1), "CY"), "LIC_LETTER");
    EXPECT_EQ(us_of("h200-sxm", on(2025, 6, 1), "CY"), "LIC_LETTER");
    EXPECT_EQ(us_of("l20", on(2025, 6, 1), "CY"), "NLR");
    EXPECT_EQ(us_of("h200-sxm", on(2025, 6, 1), "CN"), "LIC_POD");
}

// A letter reaches what was under all lines on its day, whatever lines are drawn later.
TEST(Letter, StaysWhenARuleBecomesStricter) {
    Catalog stricter = built_in_catalog();
    for (Rule& rule : stricter.rules) {
        if (rule.id != "R23") continue;
        for (RuleLine& line : rule.lines) {
            for (Condition& c : line.when) {
                const bool lower = c.comparison == Comparison::at_least;
                if (c.metric == Metric::tpp && lower) c.limit *= 0.9;
            }
        }
    }
    const Rulebook book = resolve_rulebook(stricter).value();
    const RuleQuery gaming = query_for("rtx-5090-d", on(2025, 6, 1), "CN");
    EXPECT_EQ(judge(rulebook(), gaming).of("us").code, "LIC_LETTER");
    const Verdict v = judge(book, gaming);
    EXPECT_EQ(v.lead().cls, "3A090.a");  // 4,750 of 4,320
    EXPECT_EQ(v.of("us").code, "LIC_LETTER");
    EXPECT_EQ(us_of("rtx-5090", on(2025, 6, 1), "CN"), "NAC");  // classed on that day
    const RuleQuery server = query_for("h20", on(2025, 6, 1), "CN");
    EXPECT_EQ(judge(book, server).lead().cls, "3A090.b");  // 2,368 of 2,160
    EXPECT_EQ(judge(book, server).of("us").code, "LIC_LETTER");
}

Rule rule_with(const Requirement& ask) {
    Rule rule{.id = "X", .announced = on(2024, 1, 1)};
    rule.events.push_back({.on = on(2024, 1, 1), .what = EventKind::in_force});
    rule.requirements.push_back(ask);
    return rule;
}

TEST(Rulebook, KeysThatSayNothingTogetherAreFaults) {
    const Catalog& catalog = built_in_catalog();
    const auto fault_of = [&](const Requirement& ask) {
        const auto book =
            rulebook_of(std::vector{rule_with(ask)}, catalog.groups, catalog.authorities);
        return book ? std::string() : to_text(book.error());
    };
    Requirement letter{.after = {{"NLR"}, {}, true}, .verdict = {"LIC_LETTER", {}, true}};
    EXPECT_EQ(fault_of(letter), "");
    letter.after_rules.given = true;
    EXPECT_TRUE(contains(fault_of(letter), "whose answers are loosened"));
    letter.after_rules.given = false;
    letter.open_point = true;
    EXPECT_TRUE(contains(fault_of(letter), "neither open_point nor yields_to"));
    EXPECT_TRUE(contains(
        fault_of({.yields_to = {{"LIC_POD"}, {}, true}, .supply = {Supply::scarce, {}, true}}),
        "need a verdict"));
}

// A letter of one's own written to change NLR alone raises all that is less than a letter.
TEST(Rulebook, ARowThatTightensRaisesEveryLesserAnswer) {
    Catalog catalog = built_in_catalog();
    Requirement ask{.reason = "x", .after = {{"NLR"}, {}, true}};
    ask.verdict = {"LIC_LETTER", {}, true};
    catalog.rules.push_back(rule_with(ask));
    const Rulebook book = resolve_rulebook(catalog).value();
    const auto us = [&](const char* chip, Date date, const char* to) {
        return judge(book, query_for(chip, date, to)).of("us").code;
    };
    EXPECT_EQ(us("l20", on(2024, 6, 1), "DE"), "LIC_LETTER");
    EXPECT_EQ(us("rtx-4090", on(2024, 6, 1), "CN"), "LIC_LETTER");  // else NAC
    EXPECT_EQ(us("h100-sxm", on(2024, 6, 1), "CN"), "LIC_POD");
    EXPECT_EQ(us("h200-sxm", now, "CN"), "LIC_LETTER");  // else CBC
    EXPECT_EQ(us("l20", on(2023, 6, 1), "DE"), "NLR");
}

}  // namespace TEST_FILE
}  // namespace millwright
