// Ranges of a scenario: what they become, and what is refused with its place.
#include "millwright/study/uncertain_inputs.h"

#include <gtest/gtest.h>

#include "tests/serve_scenarios.h"

namespace millwright {
namespace TEST_FILE {

const std::string trained = head + factory("a", "hgx-h100", 16) + train("j", "llama-3.1-8b");

std::string uncertain(const std::string& of, const std::string& more) {
    return "[[uncertain]]\nof = \"" + of + "\"\n" + more + "\n";
}

/// Without a study no figure has a range by its grade.
Result<UncertainInputs> inputs_of(const std::string& more) {
    const ScenarioText text = text_of(trained + more);
    if (!text.faults.empty()) return failure(text.faults);
    return uncertain_inputs(text, built_in_catalog(), {});
}

std::string fault_of(const std::string& more) {
    const auto inputs = inputs_of(more);
    return inputs ? "none" : to_text(inputs.error());
}

template <class Law>
Law law_of(const std::string& more) {
    const auto inputs = inputs_of(uncertain("books.utilisation", more));
    EXPECT_TRUE(inputs) << more << (inputs ? "" : to_text(inputs.error()));
    return std::get<Law>(inputs.value().inputs.at(0).spread.of);
}

TEST(UncertainInputs, WhatIsGivenSaysHowItIsSpread) {
    EXPECT_EQ(law_of<Uniform>("low = 0.2\nhigh = 0.4").high, 0.4);
    EXPECT_EQ(law_of<Pert>("low = 0.2\nhigh = 0.4\ntypical = 0.3").typical, 0.3);
    const std::string peak = "spread = \"triangular\"\nlow = 0.2\nhigh = 0.4\ntypical = 0.3";
    EXPECT_EQ(law_of<Triangular>(peak).typical, 0.3);
    EXPECT_EQ(law_of<Normal>("typical = 0.5\ndeviation = 0.01").deviation, 0.01);
    EXPECT_EQ(law_of<Lognormal>("typical = 0.5\nfactor = 1.05").factor, 1.05);
    EXPECT_EQ(law_of<Beta>("low = 0.2\nhigh = 0.4\na = 2\nb = 3").b, 3);
    EXPECT_EQ(law_of<Empirical>("values = [0.2, 0.3]").values.size(), 2U);
    EXPECT_EQ(law_of<Discrete>("values = [0.2, 0.3]\nweights = [1, 3]").weights,
              (std::vector<double>{0.25, 0.75}));
}

TEST(UncertainInputs, AmountsHaveTheUnitOfTheirNumber) {
    const auto inputs = inputs_of(
        uncertain("sites/us.energy_price", "low = \"0.05 USD/kWh\"\nhigh = \"0.1 USD/kWh\""));
    ASSERT_TRUE(inputs);
    const UncertainInput& input = inputs->inputs.at(0);
    EXPECT_EQ(std::get<Uniform>(input.spread.of).high, 0.1 / 3.6e6);
    EXPECT_EQ(input.dimension, EnergyPrice::dimension);
    EXPECT_NE(fault_of(uncertain("sites/us.energy_price", "low = \"5 W\"\nhigh = 7"))
                  .find("another unit"),
              std::string::npos);
}

TEST(UncertainInputs, WhatCannotBeIsToldWithItsPlace) {
    const auto said = [](const std::string& more, const std::string& words) {
        const std::string fault = fault_of(more);
        EXPECT_NE(fault.find(words), std::string::npos) << more << fault;
        EXPECT_NE(fault.find("t.toml:"), std::string::npos) << fault;
    };
    const std::string use = "books.utilisation";
    said(uncertain(use, "low = 0.5\nhigh = 0.3"), "high");
    said(uncertain(use, "low = 0.5\nhigh = 1.3"), "outside of what it can be");
    said(uncertain(use, "typical = 0.5\nfactor = 3"), "cut the spread with least and most");
    said(uncertain(use, "low = 0.5"), "lacks 'high'");
    said(uncertain(use, "low = 0.1\nhigh = 0.3\ndeviation = 1"), "has no use for 'low'");
    said(uncertain(use, "spread = \"wide\""), "spread");
    said(uncertain("books.use", "low = 0.1\nhigh = 0.3"), "no figure here");
    said(uncertain(use, "low = 0.1\nhigh = 0.3") + uncertain(use, "low = 0.1\nhigh = 0.3"),
         "two ranges");
    said(uncertain(use, "low = 0.1\nhigh = 0.3\nunits = 3"), "unknown key");
}

const std::string three = uncertain("books.utilisation", "low = 0.1\nhigh = 0.3") +
                          uncertain("books.availability", "low = 0.1\nhigh = 0.3") +
                          uncertain("books.salvage", "low = 0.1\nhigh = 0.3");

std::string pair(const std::string& a, const std::string& b, double rank) {
    return "[[correlation]]\nbetween = [\"books." + a + "\", \"books." + b +
           "\"]\nrank = " + std::to_string(rank) + "\n";
}

TEST(UncertainInputs, CorrelationsThatCannotAllBeAreNamed) {
    const std::string two =
        pair("utilisation", "availability", 0.5) + pair("availability", "salvage", 0.5);
    EXPECT_EQ(fault_of(three + two), "none");
    const std::string fault = fault_of(three + two + pair("utilisation", "salvage", -0.9));
    EXPECT_NE(fault.find("cannot all be"), std::string::npos) << fault;
    EXPECT_NE(fault.find("books.salvage"), std::string::npos) << fault;
    EXPECT_NE(fault_of(three + pair("salvage", "salvage", 0.5)).find("itself"), std::string::npos);
    EXPECT_NE(fault_of(three + pair("salvage", "tax", 0.5)).find("not uncertain"),
              std::string::npos);
}

TEST(UncertainInputs, WhatHasADriverMovesWithOthersOfIt) {
    const std::string driven = "low = 0.1\nhigh = 0.3\ndriver = \"d\"\nfollows = ";
    const auto inputs = inputs_of(uncertain("books.utilisation", driven + "0.8") +
                                  uncertain("books.salvage", driven + "0.5") +
                                  uncertain("books.tax", "low = 0.1\nhigh = 0.3"));
    ASSERT_TRUE(inputs);
    ASSERT_EQ(inputs->correlations.size(), 1U);
    EXPECT_NEAR(inputs->correlations[0].rank, 0.4, 1e-12);
}

TEST(UncertainInputs, ValuesAreSetWhereTheyAreNamed) {
    ScenarioText text = text_of(trained);
    Catalog catalog = built_in_catalog();
    const std::vector<UncertainInput> inputs{
        {.name = "books.tax", .spread = {}, .dimension = {}, .source = "", .factory = {}},
        {.name = "prediction of a",
         .spread = {},
         .dimension = {},
         .from = RangeFrom::prediction,
         .source = "",
         .factory = 0},
        {.name = "sites/us.pue", .spread = {}, .dimension = {}, .source = "", .factory = {}}};
    const std::vector<double> values{0.25, 7, 1.5};
    InputSetter(catalog, text, inputs).set(values);
    EXPECT_EQ(text.books.tax.value, 0.25);
    EXPECT_EQ(part_named(catalog.sites, "us").pue.value, 1.5);
}

}  // namespace TEST_FILE
}  // namespace millwright
