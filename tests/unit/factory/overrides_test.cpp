// Figures of the catalog that a scenario states otherwise.
#include "millwright/factory/overrides.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/report/study_text.h"
#include "tests/serve_scenarios.h"

namespace millwright {
namespace TEST_FILE {

std::string overriding(const std::string& figure, const std::string& is,
                       const std::string& more = "source = \"our meter\"\n") {
    return "[[override]]\nfigure = \"" + figure + "\"\nis = " + is + "\n" + more;
}

const std::string plain = head + factory("a", "hgx-h100", 64) + train("j", "llama-3.1-8b");

Result<Resolved> resolved_with(const std::string& more) {
    return resolve_with_overrides(parse_scenario(plain + more, "s.toml").value(),
                                  built_in_catalog());
}

std::string told_of(const std::string& more) {
    const auto resolved = resolved_with(more);
    return resolved ? "" : to_text(resolved.error());
}

TEST(Overrides, WithoutAnyTheCatalogGivenIsMeant) {
    EXPECT_EQ(resolved_with("")->catalog.get(), &built_in_catalog());
}

TEST(Overrides, AFigureIsWhatTheScenarioSaysAndCitesIt) {
    const auto resolved = resolved_with(
        overriding("chips/h100-sxm.power.tdp", "\"650 W\"",
                   "source = \"our meter\"\ngrade = \"measured\"\ndated = \"2026-10\"\n"));
    ASSERT_TRUE(resolved) << to_text(resolved.error());
    const Chip& chip = part_named(resolved->catalog->chips, "h100-sxm");
    EXPECT_EQ(chip.power.value, 650 * unit::W);
    const Source& source = resolved->catalog->sources.at(chip.power.source.index());
    EXPECT_EQ(source.title, "our meter");
    EXPECT_EQ(source.publisher, "t");
    EXPECT_EQ(source.grade, Grade::measured);
    EXPECT_EQ(source.dated, "2026-10");
    EXPECT_EQ(resolved->scenario.factories.at(0).chip.power.value, 650 * unit::W);
    EXPECT_EQ(part_named(built_in_catalog().chips, "h100-sxm").power.value, 700 * unit::W);
}

// A price that nobody published is the one most in want of a word of the buyer's own.
TEST(Overrides, WhatNobodyKnowsMayBeStatedAndSoMayACount) {
    const Chip* silent = nullptr;
    for (const Chip& chip : built_in_catalog().chips) {
        if (!chip.price.known()) silent = &chip;
    }
    ASSERT_NE(silent, nullptr);
    const auto resolved =
        resolved_with(overriding("chips/" + silent->id + ".price.purchase", "\"12000 USD\"") +
                      overriding("servers/hgx-h100.scale_out.ports", "4"));
    ASSERT_TRUE(resolved) << to_text(resolved.error());
    EXPECT_EQ(part_named(resolved->catalog->chips, silent->id).price.value, 12000 * unit::USD);
    EXPECT_EQ(told_of(overriding("servers/hgx-h100.scale_out.ports", "3.5")),
              "s.toml:21:6: error: 'servers/hgx-h100.scale_out.ports' is 3.5, outside the range 1 "
              "to 1.638e+04\n  hint: it counts things: no fraction\n");
}

TEST(Overrides, AllThatIsWrongIsToldAtOnceWithItsPlace) {
    const std::string told = told_of(
        overriding("chips/h100-sxm.colour", "1") + overriding("site.pue", "1.2") +
        overriding("sites/us.energy_price", "\"3 W\"") + overriding("sites/us.pue", "0.5") +
        overriding("sites/us.carbon", "\"1 g/kWh\"") +
        overriding("sites/us.carbon", "\"2 g/kWh\"") + overriding("sites/jp.pue", "1.2", ""));
    for (const char* words : {"'chips/h100-sxm.colour' has no figure here", "'site.pue'",
                              "'sites/us.energy_price' is counted in another unit",
                              "'sites/us.pue' is 0.5, outside the range 1 to 5",
                              "'sites/us.carbon' is overridden twice", "lacks 'source'"}) {
        EXPECT_TRUE(contains(told, words)) << words << "\n" << told;
    }
}

// figures that are checked beside each other are checked again
TEST(Overrides, WhatContradictsAnotherFigureOfItsPartIsAFault) {
    EXPECT_TRUE(contains(told_of(overriding("fleets/mature.low", "1000")),
                         "s.toml:21:6: error: fleets/mature: the rate is outside its band"));
}

TEST(Overrides, AnAnswerSaysThatItRestsOnTheScenariosWord) {
    const auto resolved =
        resolved_with(overriding("servers/hgx-h100.price.purchase", "\"250000 USD\""));
    ASSERT_TRUE(resolved);
    const Study study = run(resolved->scenario, *resolved->catalog, {.flow_factories = 0});
    const auto cited = std::ranges::find_if(
        study.sources, [](const UsedSource& used) { return used.source.title == "our meter"; });
    EXPECT_NE(cited, study.sources.end());
    ASSERT_EQ(study.stated.size(), 1U);
    EXPECT_GT(study.stated[0].weight, 0);
}

// The price of a server has that of its chips in it.
TEST(Overrides, OneThatNothingHangsOnIsTold) {
    const auto resolved = resolved_with(overriding("chips/h100-sxm.price.purchase", "\"9 USD\""));
    ASSERT_TRUE(resolved);
    const Study study = run(resolved->scenario, *resolved->catalog, {.flow_factories = 0});
    ASSERT_EQ(study.stated.size(), 1U);
    EXPECT_EQ(study.stated[0].weight, 0);
    EXPECT_TRUE(contains(study_summary_text(study), "chips/h100-sxm.price.purchase"));
    EXPECT_TRUE(contains(study_text(study), "9 USD, not "));
}

TEST(Overrides, ASourceSaysSomething) {
    const std::string figure = "sites/us.pue";
    EXPECT_TRUE(
        contains(told_of(overriding(figure, "1.2", "source = \"\"\n")), "'source' is empty"));
    EXPECT_TRUE(contains(told_of(overriding(figure, "1.2", "source = \"a\"\ndated = \"soon\"\n")),
                         "'soon' in 'dated' is no date"));
}

}  // namespace TEST_FILE
}  // namespace millwright
