// What nobody gave a range has that of its grade.
#include "millwright/study/graded_inputs.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/study/factory_books.h"
#include "tests/serve_scenarios.h"

namespace millwright {
namespace TEST_FILE {

const std::string lets = head + factory("a", "hgx-h100", 64) + train("j", "llama-3.1-8b");

bool has_input(const std::vector<UncertainInput>& inputs, const std::string& path) {
    return std::ranges::find(inputs, path, &UncertainInput::name) != inputs.end();
}

TEST(GradedInputs, AreOfMoneyPowerAndFailuresAndKnowTheirGrade) {
    const Study study = study_of(lets);
    const auto inputs = graded_inputs(text_of(lets), built_in_catalog(), study);
    EXPECT_TRUE(has_input(inputs, "prices/utilisation.ratio"));
    EXPECT_TRUE(has_input(inputs, "prices/chip-hour-decline.ratio"));
    EXPECT_FALSE(has_input(inputs, "prices/token-decline.ratio"));
    EXPECT_FALSE(has_input(inputs, "prices/interest-rate.ratio"));
    EXPECT_TRUE(has_input(inputs, "servers/hgx-h100.price.purchase"));
    Catalog catalog = built_in_catalog();
    ScenarioText none;
    for (const UncertainInput& input : inputs) {
        Fault why;
        const auto figure = figure_at(catalog, none, input.name, why);
        ASSERT_TRUE(figure) << input.name;
        const double low = quantile(input.spread, 0.001), high = quantile(input.spread, 0.999);
        EXPECT_LT(low, *figure->now) << input.name;
        EXPECT_GT(high, low) << input.name;
        EXPECT_GE(low, figure->range.low) << input.name;
        EXPECT_LE(high, figure->range.high) << input.name;
        EXPECT_EQ(input.source, name_of(catalog.sources[figure->source.index()].grade));
    }
}

TEST(GradedInputs, AKeyThatIsGivenOrHasARangeOfItsOwnNeedsNone) {
    const Study study = study_of(lets);
    const auto stand_in = [&](const std::string& more) {
        return books_figures(text_of(lets + more), built_in_catalog(), study);
    };
    const auto has = [](const std::vector<std::string>& paths, const std::string& id) {
        return std::ranges::find(paths, "prices/" + id + ".ratio") != paths.end();
    };
    EXPECT_EQ(std::ranges::count(stand_in(""), "chips/h100-sxm.price.rental"), 1);
    EXPECT_TRUE(has(stand_in(""), "utilisation"));
    EXPECT_FALSE(has(stand_in("[books]\nutilisation = 0.5\n"), "utilisation"));
    EXPECT_FALSE(has(stand_in("[[uncertain]]\nof = \"books.utilisation\"\nlow = 0.4\nhigh = 0.6\n"),
                     "utilisation"));
    EXPECT_TRUE(has(stand_in("[books]\ndebt_share = 0.5\n"), "interest-rate"));
    EXPECT_FALSE(has(stand_in("[books]\ndebt_share = 0.5\ninterest = 0.1\n"), "interest-rate"));
    EXPECT_TRUE(has(stand_in("[books]\nwater_price = \"1 USD\"\n"), "water-use"));
    EXPECT_TRUE(has(stand_in("[books]\nnext_generation = \"24 months\"\n"), "generation-drop"));
}

TEST(GradedInputs, AWorseGradeIsWider) {
    double before = 1;
    for (const Grade grade :
         {Grade::measured, Grade::vendor, Grade::filing, Grade::press, Grade::estimate}) {
        EXPECT_GT(factor_of(grade), before);
        before = factor_of(grade);
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
