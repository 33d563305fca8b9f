// Break-even lines: points on them are worth nothing, and where there are none they say so.
#include "millwright/study/break_even.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/study/output_at.h"
#include "tests/unit/study/told_books.h"

namespace millwright {
namespace TEST_FILE {

const std::string priced = "[books]\ngrade_widths = false\nprice_per_chip_hour = \"4 USD/h\"\n";
const std::string used = ranged("books.utilisation", "low = 0.2\nhigh = 0.9");
const std::string bought =
    ranged("servers/hgx-h100.price.purchase", "typical = \"280 kUSD\"\nfactor = 1.3");
const SampleOptions some{.samples = 128, .base_points = 8, .search_again = 0};

Result<std::vector<BreakEven>> lines(const ToldBooks& told, const std::vector<std::string>& paths,
                                     int threads = 1, SampleOptions options = some) {
    return break_even(told.site(), told.study, told.inputs(), told.samples(options), paths,
                      threads);
}

std::string fault_of(const ToldBooks& told, const std::vector<std::string>& paths) {
    const auto found = lines(told, paths);
    return found ? "none" : to_text(found.error());
}

const std::vector<std::string> use_and_price{"books.utilisation", "books.price_per_chip_hour"};

TEST(BreakEven, NothingIsLeftOnTheLine) {
    const ToldBooks told(priced + used + bought);
    const std::vector<BreakEven> found = lines(told, use_and_price).value();
    ASSERT_EQ(found.size(), 2U);
    const OutputAt npv(told.text, built_in_catalog(), told.study, use_and_price, "npv");
    for (const BreakEven& line : found) {
        const double capital = told.point(line.factory).books.capital.si();
        ASSERT_EQ(line.points.size(), break_even_values);
        EXPECT_EQ(line.points.front().first, line.first.low);
        EXPECT_EQ(line.points.back().first, line.first.high);
        double before = std::numeric_limits<double>::max();
        for (const BreakEvenPoint& point : line.points) {
            ASSERT_TRUE(point.second);
            const double at[]{point.first, *point.second};
            EXPECT_NEAR(npv(line.factory, at).value() / capital, 0, 1e-6);
            EXPECT_LT(*point.second, before) << "more use, less price";
            before = *point.second;
        }
    }
}

TEST(BreakEven, IsOverTheTwoHeaviestNumbersOfEachFactory) {
    const ToldBooks told(priced + used + bought);
    const std::vector<BreakEven> found = lines(told, {}).value();
    ASSERT_EQ(found.size(), 1U) << "b has but one number that moves it";
    EXPECT_EQ(found[0].factory, 0U);
    EXPECT_EQ(found[0].first.path, "books.utilisation");
    EXPECT_EQ(found[0].second.path, "servers/hgx-h100.price.purchase");
    EXPECT_NEAR(found[0].first.low, 0.207, 1e-6);
    EXPECT_NEAR(found[0].first.high, 0.893, 1e-6);
    EXPECT_FALSE(found[0].first.now);
    EXPECT_GT(found[0].second.now.value(), 0);
    // with too few samples for shares nobody knows which they are
    EXPECT_TRUE(lines(told, {}, 1, {.samples = 8, .base_points = 0}).value().empty());
}

// No value of the second is made up beyond its range.
TEST(BreakEven, WhereNoneInRangeWillDoThereIsNone) {
    const ToldBooks told(priced + used + bought);
    const BreakEven line = lines(told, {}).value().at(0);
    std::size_t none = 0;
    for (const BreakEvenPoint& point : line.points) {
        const bool crossed = (*point.npv_low > 0) != (*point.npv_high > 0);
        EXPECT_EQ(point.second.has_value(), crossed);
        none += point.second ? 0 : 1;
        if (!point.second) continue;
        EXPECT_GE(*point.second, line.second.low);
        EXPECT_LE(*point.second, line.second.high);
    }
    EXPECT_GT(none, 0U) << "a tenth of use pays at no price of servers";
    EXPECT_LT(none, line.points.size());
    // what cannot be built has no value at all
    const BreakEven late = lines(told, {"books.construction", "books.utilisation"}).value().at(0);
    EXPECT_TRUE(late.points.front().npv_low);
    EXPECT_FALSE(late.points.back().second);
}

TEST(BreakEven, IsTheSameForAnyThreads) {
    const ToldBooks told(priced + used + bought);
    const auto one = lines(told, use_and_price, 1).value(),
               three = lines(told, use_and_price, 3).value();
    for (std::size_t k = 0; k < break_even_values; ++k) {
        EXPECT_EQ(one[1].points[k].second, three[1].points[k].second);
        EXPECT_EQ(one[1].points[k].npv_high, three[1].points[k].npv_high);
    }
}

TEST(BreakEven, WhatHasNoPriceHasNoLine) {
    const ToldBooks told("[books]\nprice_per_chip_hour = \"0 USD/h\"\n");
    EXPECT_TRUE(lines(told, use_and_price).value().empty());
}

TEST(BreakEven, PathsAndRangesAreChecked) {
    const ToldBooks told(priced + ranged("books.tax", "low = 0.2\nhigh = 0.2"));
    const std::string unknown = fault_of(told, {"books.use", "chips/none.power"});
    EXPECT_TRUE(contains(unknown, "'books.use' has no figure here"));
    EXPECT_TRUE(contains(unknown, "nothing is called 'chips/none.power'"));
    EXPECT_TRUE(contains(fault_of(told, {"books.tax", "books.utilisation"}), "but one value"));
    const auto wide = lines(told, {"books.price_per_chip_hour", "books.utilisation"}).value().at(0);
    EXPECT_NEAR(wide.first.low * 4, wide.first.high, 1e-9);
    EXPECT_NEAR(wide.second.high, 1, 1e-9);
}

}  // namespace TEST_FILE
}  // namespace millwright
