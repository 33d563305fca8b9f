// Books of factories: by hand where the chain is short, and laws of samples.
#include "millwright/study/sampled_books.h"

#include <gtest/gtest.h>

#include "millwright/study/cash_fan.h"
#include "tests/unit/study/told_books.h"

namespace millwright {
namespace TEST_FILE {

const SampleOptions few{.samples = 256, .base_points = 0, .search_again = 0};

const OutputSamples& output(const SampledBooks& books, BooksOutput which, std::size_t f = 0) {
    return books.factories.at(f).outputs.at(static_cast<std::size_t>(which));
}

TEST(FactoryBooks, ChipHoursEarnTheirPrice) {
    const ToldBooks told(
        "[books]\nhorizon = \"24 months\"\nconstruction = \"0 months\"\nutilisation = 0.5\n"
        "availability = 0.8\nprice_per_chip_hour = \"3 USD/h\"\nchip_hour_decline = 0\n");
    const FactoryBooks books = told.point();
    EXPECT_NEAR(books.books.revenue_a_year.in(unit::USD), 16 * 8766 * 0.4 * 3, 1);
    // what the bill says is what is paid, and what `run` says a year costs
    EXPECT_NEAR(books.books.capital / told.study.factories[0].capital.value, 1, 1e-12);
    EXPECT_EQ(books.yearly.si(), told.study.factories[0].yearly.value.si());
}

TEST(FactoryBooks, TokensCostWhatTheStudySays) {
    const ToldBooks told("");
    const FactoryBooks books = told.point();
    const auto& report = std::get<TrainReport>(told.study.factories[0].jobs[0].of);
    ASSERT_EQ(books.jobs.size(), 1U);
    EXPECT_NEAR(books.jobs[0].per_million / report.per_million_tokens, 1, 1e-12);
    EXPECT_NEAR(told.point(0, 1.25).jobs[0].per_million / books.jobs[0].per_million, 1.25, 1e-12);
}

TEST(FactoryBooks, WhatHasNoPriceHasNoValue) {
    const ToldBooks told("");
    EXPECT_EQ(told.point().priced, told.scenario.factories[0].chip.rental.known());
    const ToldBooks free("[books]\nprice_per_chip_hour = \"0 USD/h\"\n");
    EXPECT_FALSE(free.point().priced);
}

// Hours of chips that are sold at their levelised cost are worth what they cost: nothing is left.
TEST(FactoryBooks, AnHourAtItsLevelisedCostLeavesNothing) {
    const std::string plain = "chip_hour_decline = 0\nequipment_decline = 0.1\n";
    const double cost = ToldBooks("[books]\n" + plain).point().chip_hour.in(unit::USD);
    const ToldBooks told("[books]\nprice_per_chip_hour = \"" + std::to_string(cost) + " USD/h\"\n" +
                         plain);
    const FactoryBooks books = told.point();
    EXPECT_NEAR(books.books.npv / books.books.capital, 0, 1e-4);
}

// Chips that are let at the rent at which owning breaks even earn what they cost.
TEST(FactoryBooks, LetAtTheRentThatBreaksEvenNothingIsLeft) {
    const std::string plain = "chip_hour_decline = 0\nutilisation = 1\navailability = 1\n";
    const auto even = ToldBooks("[books]\n" + plain).point().rent.break_even;
    ASSERT_TRUE(even);
    const ToldBooks told("[books]\nprice_per_chip_hour = \"" + std::to_string(even->in(unit::USD)) +
                         " USD/h\"\n" + plain);
    const FactoryBooks books = told.point();
    EXPECT_NEAR(books.books.npv / books.books.capital, 0, 1e-4);
}

// A range without width is its number, bit for bit.
TEST(SampledBooks, CertainRangesGiveThePoint) {
    const ToldBooks told("[books]\nutilisation = 0.6\ngrade_widths = false\n" +
                         ranged("books.utilisation", "low = 0.6\nhigh = 0.6") +
                         ranged("prices/cost-of-capital.ratio", "typical = 0.1\nfactor = 1"));
    const SampledBooks books = told.samples(few);
    for (const FactorySamples& factory : books.factories) {
        for (const OutputSamples& out : factory.outputs) {
            for (const double value : out.values) EXPECT_EQ(value, out.point) << out.name;
        }
    }
}

TEST(SampledBooks, AreTheSameForAnyThreads) {
    const ToldBooks told(ranged("books.utilisation", "low = 0.4\nhigh = 0.8"));
    SampleOptions options{.samples = 300, .base_points = 16, .search_again = 2, .threads = 1};
    const SampledBooks one = told.samples(options);
    options.threads = 3;
    const SampledBooks three = told.samples(options);
    for (std::size_t k = 0; k < one.factories[0].outputs.size(); ++k) {
        EXPECT_EQ(one.factories[0].outputs[k].values, three.factories[0].outputs[k].values);
    }
    ASSERT_EQ(one.factories[0].indices.size(), three.factories[0].indices.size());
    EXPECT_EQ(one.factories[0].indices[0].inputs[0].total,
              three.factories[0].indices[0].inputs[0].total);
    EXPECT_EQ(one.factories[0].indices[0].inputs[0].shapley,
              three.factories[0].indices[0].inputs[0].shapley);
    EXPECT_EQ(one.factories[1].fan.back().p25, three.factories[1].fan.back().p25);
    EXPECT_EQ(one.regret.mean, three.regret.mean);
}

// Correlated or not, effects sum to one; what a number only tells of another has a share of it.
TEST(SampledBooks, ShapleyEffectsShareAllOfTheVariance) {
    const std::string ranges =
        "[books]\ngrade_widths = false\nprice_per_chip_hour = \"3 USD/h\"\n" +
        ranged("books.utilisation", "low = 0.4\nhigh = 0.8") +
        ranged("servers/hgx-h200.price.purchase", "low = \"250 kUSD\"\nhigh = \"400 kUSD\"");
    const SampleOptions options{.samples = 256, .base_points = 64, .search_again = 0};
    const auto effects = [&](const std::string& more) {
        const SampledBooks books = ToldBooks(ranges + more).samples(options);
        std::vector<double> found(4);
        for (const OutputIndices& indices : books.factories.at(0).indices) {
            if (indices.output != "npv") continue;
            double sum = 0;
            for (const InputShare& share : indices.inputs) {
                EXPECT_EQ(share.total.has_value(), more.empty());
                sum += share.shapley.value();
                found.at(share.input) = *share.shapley;
            }
            EXPECT_NEAR(sum, 1, 1e-9);
            EXPECT_EQ(indices.inputs.at(0).input, 0U) << "heaviest first";
        }
        return found;
    };
    // a has no H200
    EXPECT_NEAR(effects("")[1], 0, 1e-9);
    const std::string tie =
        "[[correlation]]\nbetween = [\"books.utilisation\", "
        "\"servers/hgx-h200.price.purchase\"]\nrank = 0.9\n";
    EXPECT_NEAR(effects(tie)[1], 0.4, 0.1);
}

// The price of a site's power moves what each of its factories costs, and rising prices never make
// one cheaper.
TEST(SampledBooks, DearPowerIsNeverCheap) {
    const ToldBooks told(
        "[books]\ngrade_widths = false\n" +
        ranged("sites/us.energy_price", "low = \"0.05 USD/kWh\"\nhigh = \"0.2 USD/kWh\""));
    const SampledBooks books = told.samples(few);
    for (std::size_t f = 0; f < 2; ++f) {
        const OutputSamples& cost = output(books, BooksOutput::yearly_cost, f);
        EXPECT_EQ(cost.known, 1);
        EXPECT_LT(cost.spread.p10, cost.spread.p90);
        EXPECT_GT(told.point(f).yearly.si(), cost.spread.p5 * 0.9);
        ASSERT_FALSE(books.factories[f].indices.empty());
        for (const OutputIndices& indices : books.factories[f].indices) {
            EXPECT_GT(indices.inputs.at(0).first, 0.95) << indices.output;  // nothing else moves
        }
    }
}

// A prediction's factor is exact: tokens cost as much more as steps take longer.
TEST(SampledBooks, PredictionsMultiplyTheTimeOfJobs) {
    const ToldBooks told("");
    const SampledBooks books = told.samples(few);
    const UncertainInputs inputs = told.inputs();
    const auto predictions =
        std::ranges::count(inputs.inputs, RangeFrom::prediction, &UncertainInput::from);
    EXPECT_EQ(predictions, 2);
    const OutputSamples& tokens = books.factories[0].outputs.back();
    EXPECT_EQ(tokens.name, "j");
    EXPECT_LT(tokens.spread.p10, *tokens.point);
    EXPECT_GT(tokens.spread.p90, *tokens.point);
}

// A sample without chance, and so all of them, have the cash of the scenario as it stands.
TEST(SampledBooks, AFanWithoutChanceIsThePointsOwnCash) {
    const ToldBooks told("[books]\ngrade_widths = false\n" +
                         ranged("books.utilisation", "low = 0.6\nhigh = 0.6"));
    const ToldBooks same("[books]\nutilisation = 0.6\n");
    for (const std::uint64_t samples : {1UL, 256UL}) {
        const SampledBooks books = told.samples({.samples = samples, .base_points = 0});
        for (std::size_t f = 0; f < 2; ++f) {
            const std::vector<double> cash = cash_so_far(same.point(f).venture);
            const std::vector<Summary>& fan = books.factories[f].fan;
            ASSERT_EQ(fan.size(), cash.size());
            for (std::size_t m = 0; m < fan.size(); ++m) {
                for (const double one : {fan[m].p5, fan[m].p25, fan[m].p50, fan[m].p75, fan[m].p95})
                    EXPECT_EQ(one, cash[m]) << "month " << m;
            }
        }
    }
}

TEST(SampledBooks, TheFansLastMonthIsWhatSamplesCameTo) {
    const ToldBooks told("[books]\ndiscount = 0\nprice_per_chip_hour = \"3 USD/h\"\n" +
                         ranged("books.utilisation", "low = 0.3\nhigh = 0.9"));
    const SampledBooks books = told.samples(few);
    const Summary& last = books.factories[0].fan.back();
    const Summary& npv = output(books, BooksOutput::npv).spread;
    EXPECT_NEAR(last.p5 / npv.p5, 1, 1e-9);
    EXPECT_NEAR(last.p75 / npv.p75, 1, 1e-9);
}

TEST(SampledBooks, InformationIsWorthAtMostPerfectInformation) {
    const ToldBooks told(
        "[books]\nprice_per_chip_hour = \"3 USD/h\"\n" +
        ranged("servers/hgx-h200.price.purchase", "low = \"150 kUSD\"\nhigh = \"600 kUSD\"") +
        ranged("books.utilisation", "low = 0.4\nhigh = 0.9"));
    const SampledBooks books = told.samples({.samples = 1024, .base_points = 0});
    ASSERT_EQ(books.information.among.size(), 2U);
    EXPECT_GT(books.information.perfect, 0);
    for (const double one : books.information.partial) {
        EXPECT_GE(one, 0);
        EXPECT_LE(one, books.information.perfect * (1 + 1e-9));
    }
    EXPECT_GE(books.regret.mean, 0);
    EXPECT_LE(books.regret.mean, books.regret.most);
}

TEST(BooksDefaults, SayWhatStandsIn) {
    const ToldBooks bare(""), said("[books]\nhorizon = \"4 years\"\nutilisation = 0.5\n");
    EXPECT_EQ(books_defaults(bare.site()).size(), books_defaults(said.site()).size() + 2);
}

}  // namespace TEST_FILE
}  // namespace millwright
