// Present values, annuities, paybacks and levelised costs worked by hand; a solver on known roots.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "millwright/base/require.h"
#include "millwright/money/returns.h"

namespace millwright {
namespace TEST_FILE {

std::vector<Dollars> dollars(const std::vector<double>& amounts) {
    std::vector<Dollars> flow;
    for (const double amount : amounts) flow.push_back(amount * unit::USD);
    return flow;
}

TEST(Returns, AYearLaterIsWorthOneRateLess) {
    std::vector<double> amounts(25);
    amounts[0] = -100;
    amounts[12] = 55;
    amounts[24] = 60.5;
    EXPECT_NEAR(present_value(dollars(amounts), 0.1).si(), 0, 1e-12);
    EXPECT_NEAR(present_amount(amounts, 0), 15.5, 1e-12);
    EXPECT_THROW(present_amount(amounts, -1), BrokenContract);
}

TEST(Returns, AnAnnuityIsThatOfTheTables) {
    // 100,000 over 30 years at half a per cent a month: 599.55
    const double yearly = std::pow(1.005, 12) - 1;
    EXPECT_NEAR(annuity(100'000 * unit::USD, yearly, 360).si(), 599.55, 0.005);
    EXPECT_NEAR(annuity(100 * unit::USD, 0, 8).si(), 12.5, 1e-12);
    EXPECT_NEAR(annuity(100 * unit::USD, 1e-13, 8).si(), 12.5, 1e-9);
    EXPECT_NEAR(annuity(100 * unit::USD, 0.1, 12).si(), 100 * 0.00797414 / (1 - 1 / 1.1), 1e-5);
}

TEST(Returns, PaybackIsWhereTheSumStaysAboveZero) {
    EXPECT_NEAR(payback_months(dollars({-100, 40, 40, 40})).value(), 2.5, 1e-12);
    // above zero in month 1, but not for good
    EXPECT_NEAR(payback_months(dollars({-100, 120, -50, 40})).value(), 2.75, 1e-12);
    EXPECT_FALSE(payback_months(dollars({-100, 120, -50})));
    EXPECT_EQ(payback_months(dollars({5, -5, 1})).value(), 0);
    EXPECT_NEAR(payback_months(dollars({-10, 0, 0, 10})).value(), 3, 1e-12);
}

TEST(Returns, DiscountedPaybackComesLater) {
    std::vector<double> amounts(13);
    amounts[0] = -100;
    amounts[12] = 121;  // 110 today, at a tenth a year
    EXPECT_NEAR(payback_months(dollars(amounts)).value(), 11 + 100.0 / 121, 1e-12);
    EXPECT_NEAR(discounted_payback_months(dollars(amounts), 0.1).value(), 11 + 100.0 / 110, 1e-12);
    EXPECT_FALSE(discounted_payback_months(dollars(amounts), 0.25));
}

TEST(Returns, AModifiedRateInvestsWhatIsEarned) {
    std::vector<double> amounts(25);
    amounts[0] = -1000;
    amounts[12] = 500;  // 550 a year later
    amounts[24] = 890;  // 1440 in all: 1.2 squared
    EXPECT_NEAR(modified_irr(dollars(amounts), 0.3, 0.1).value(), 0.2, 1e-12);
    amounts[12] = -130;  // 100 today, at 30 %
    amounts[24] = 1100 * 1.44;
    EXPECT_NEAR(modified_irr(dollars(amounts), 0.3, 0.1).value(), 0.2, 1e-12);
    EXPECT_FALSE(modified_irr(dollars({-1}), 0.1, 0.1));
    EXPECT_FALSE(modified_irr(dollars({-1, -1}), 0.1, 0.1));
    EXPECT_FALSE(modified_irr(dollars({1, 1}), 0.1, 0.1));
}

TEST(Returns, ALevelisedCostPaysForAllUnits) {
    std::vector<double> units(13);
    units[0] = 10;
    units[12] = 10;
    std::vector<Dollars> costs(13);
    costs[0] = 100 * unit::USD;
    EXPECT_NEAR(levelised_cost(costs, units, 0.1).value().si(), 100 / (10 + 10 / 1.1), 1e-12);
    EXPECT_FALSE(levelised_cost(costs, std::vector<double>(13), 0.1));
    EXPECT_THROW(levelised_cost(costs, std::vector<double>(12), 0.1), BrokenContract);
}

TEST(Returns, AtTheBreakEvenPriceRentingCostsAsMuchAsOwning) {
    EXPECT_TRUE(rc::check([] {
        std::vector<Dollars> owning{*rc::gen::inRange(1, 100'000) * unit::USD};
        std::vector<double> hours{0};
        const int months = *rc::gen::inRange(1, 60);
        for (int t = 0; t < months; ++t) {
            owning.push_back(*rc::gen::inRange(0, 1000) * unit::USD);
            hours.push_back(*rc::gen::inRange(1, 730));
        }
        const double rate = 0.01 * *rc::gen::inRange(0, 40);
        const RentOrBuy first = rent_or_buy(owning, hours, 1 * unit::USD, rate);
        RC_ASSERT(first.break_even.has_value());
        const RentOrBuy even = rent_or_buy(owning, hours, *first.break_even, rate);
        RC_ASSERT(std::abs(even.renting / even.owning - 1) < 1e-12);
        RC_ASSERT(even.owning == first.owning);
        // dearer hours speak for owning
        const RentOrBuy dear = rent_or_buy(owning, hours, 1.01 * *first.break_even, rate);
        RC_ASSERT(dear.renting > dear.owning);
    }));
}

TEST(Returns, WhatMustBeTrueIsFound) {
    const Solved cube = solve([](double x) { return x * x * x; }, 0, 10, 27);
    EXPECT_NEAR(cube.at.value(), 3, 1e-11);
    EXPECT_EQ(cube.low_value, 0);
    EXPECT_EQ(cube.high_value, 1000);
    const auto falling = [](double x) { return std::exp(-x); };
    EXPECT_NEAR(solve(falling, 0, 50, 0.01).at.value(), std::log(100), 1e-10);
    EXPECT_EQ(solve(falling, 0, 50, 1).at.value(), 0);
    const Solved outside = solve(falling, 0, 1, 2);
    EXPECT_FALSE(outside.at);
    EXPECT_EQ(outside.low_value, 1);
    EXPECT_EQ(outside.high_value, std::exp(-1));
    // a jump over the target is where it is
    const auto jump = [](double x) { return x < 0.7 ? 0.0 : 1.0; };
    EXPECT_NEAR(solve(jump, 0, 1, 0.5).at.value(), 0.7, 1e-11);
    EXPECT_THROW(solve([](double) { return std::nan(""); }, 0, 1, 0), BrokenContract);
}

// What has no value beyond an input is solved where it has one, and never at the end of that.
TEST(Returns, AFunctionWithGapsIsSolvedWhereItHasValues) {
    const auto late = [](double x) { return x < 6 ? std::optional(x - 10) : std::nullopt; };
    const Solved none = solve(late, 0, 50, 0);
    EXPECT_FALSE(none.at);
    EXPECT_EQ(none.low, 0);
    EXPECT_NEAR(none.high.value(), 6, 1e-9);
    EXPECT_NEAR(none.high_value, -4, 1e-9);
    EXPECT_NEAR(solve(late, 0, 50, -4.1).at.value(), 5.9, 1e-9);
    const auto early = [](double x) { return x > 6 ? std::optional(x - 10) : std::nullopt; };
    EXPECT_NEAR(solve(early, 0, 50, 0).at.value(), 10, 1e-9);
    EXPECT_NEAR(solve(early, 0, 50, -3.9).at.value(), 6.1, 1e-9);
    const auto between = [](double x) {
        return x > 1e-2 && x < 1e2 ? std::optional(std::log(x)) : std::nullopt;
    };
    EXPECT_NEAR(solve(between, 1e-3, 1e3, 1).at.value(), std::exp(1), 1e-6);
    const auto nowhere = [](double) { return std::optional<double>(); };
    EXPECT_FALSE(solve(nowhere, 0, 1, 0).low);
}

// The answer gives the target, or there is no sign change to find; whatever the gap.
TEST(Returns, WhatIsSolvedGivesTheTarget) {
    EXPECT_TRUE(rc::check([] {
        const double slope = *rc::gen::inRange(-50, 51) / 7.0;
        const double from = *rc::gen::inRange(0, 60), to = from + *rc::gen::inRange(1, 60);
        const double target = *rc::gen::inRange(-300, 300) / 3.0;
        const auto f = [&](double x) {
            return x >= from && x <= to ? std::optional(slope * x + 1) : std::nullopt;
        };
        const Solved solved = solve(f, 0, 100, target);
        if (solved.at) RC_ASSERT(std::abs(*f(*solved.at) - target) < 1e-6);
        const double end = std::min(to, 100.0);
        const bool inside = (slope * from + 1 - target) * (slope * end + 1 - target) < -1e-3;
        // a stretch that is narrower than the grid may be overlooked
        if (inside && end - from > 4) RC_ASSERT(solved.at.has_value());
    }));
}

TEST(Returns, AFlatCurveIsSolvedInFewSteps) {
    int asked = 0;
    const auto steep = [&](double x) {
        ++asked;
        return std::pow(x, 9);
    };
    EXPECT_NEAR(solve(steep, -1, 4, 1e-9).at.value(), 0.1, 1e-10);
    EXPECT_LT(asked, 120);  // bisection alone needs 44, Brent's bound is its square
}

TEST(Returns, WithoutDiscountThePresentValueIsTheSum) {
    EXPECT_TRUE(rc::check([] {
        const auto amounts = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-999, 1000));
        std::vector<Dollars> flow;
        for (const int amount : amounts) flow.push_back(amount * unit::USD);
        RC_ASSERT(present_value(flow, 0).si() ==
                  std::accumulate(amounts.begin(), amounts.end(), 0));
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
