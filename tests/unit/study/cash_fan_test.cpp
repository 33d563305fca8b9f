// Fans of cash: percentiles of each month over samples of unlike lengths.
#include "millwright/study/cash_fan.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/money/cash_flow.h"
#include "tests/unit/money/ventures.h"

namespace millwright {
namespace TEST_FILE {

TEST(CashFan, CashSoFarEndsAtTheSumOfAllMonths) {
    Venture venture;
    venture.equipment = 1e6 * unit::USD;
    venture.months = 24;
    venture.products = {{"hours", 1000, 80 * unit::USD, 0.1, 0}};
    ASSERT_TRUE(faults_of(venture).empty());
    const std::vector<double> cash = cash_so_far(venture);
    const std::vector<MonthFlow> flows = cash_flows(venture);
    ASSERT_EQ(cash.size(), 24U);
    EXPECT_EQ(cash.front(), free_cash(flows.front()).in(unit::USD));
    Dollars sum;
    for (const MonthFlow& month : flows) sum += free_cash(month);
    EXPECT_EQ(cash.back(), sum.in(unit::USD));
}

TEST(CashFan, OneSampleIsItsOwnFan) {
    const std::vector<double> cash{-7, -3.5, 1.25};
    const std::vector<Summary> fan = cash_fan({cash});
    ASSERT_EQ(fan.size(), 3U);
    for (std::size_t m = 0; m < fan.size(); ++m) {
        for (const double p : {fan[m].p5, fan[m].p25, fan[m].p50, fan[m].p75, fan[m].p95}) {
            EXPECT_EQ(p, cash[m]);
        }
    }
}

// What was sold early keeps its cash; what was never built has none and counts nowhere.
TEST(CashFan, ShortSamplesKeepWhatTheyHadAndEmptyOnesAreLeftOut) {
    const std::vector<Summary> fan = cash_fan({{-1, 5}, {}, {-3, -2, 9}});
    ASSERT_EQ(fan.size(), 3U);
    EXPECT_EQ(fan[0].p50, -2);
    EXPECT_EQ(fan[2].p50, 7);
    EXPECT_EQ(fan[2].mean, 7);
    EXPECT_TRUE(cash_fan({{}, {}}).empty());
    EXPECT_TRUE(cash_fan({}).empty());
}

TEST(CashFan, BandsAreNested) {
    EXPECT_TRUE(rc::check([] {
        const auto cash = *rc::gen::container<std::vector<std::vector<double>>>(
            rc::gen::container<std::vector<double>>(rc::gen::map(
                rc::gen::inRange(-1000, 1000), [](int cents) { return cents / 100.0; })));
        for (const Summary& s : cash_fan(cash)) {
            RC_ASSERT(s.p5 <= s.p25 && s.p25 <= s.p50 && s.p50 <= s.p75 && s.p75 <= s.p95);
            RC_ASSERT(s.p5 >= -10 && s.p95 <= 10);
        }
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
