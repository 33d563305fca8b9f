// Rates of return against flows whose roots are known.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "millwright/money/irr.h"
#include "millwright/money/returns.h"

namespace millwright {
namespace TEST_FILE {

/// A yearly flow that is -1 x product of (1 - (1 + rate) v), with v the discount of a year: its
/// rates are these.
std::vector<Dollars> with_rates(const std::vector<double>& rates) {
    std::vector<double> years{-1};
    for (const double rate : rates) {
        years.push_back(0);
        for (std::size_t i = years.size() - 1; i > 0; --i) years[i] -= (1 + rate) * years[i - 1];
    }
    std::vector<Dollars> flow(12 * (years.size() - 1) + 1);
    for (std::size_t i = 0; i < years.size(); ++i) flow[12 * i] = years[i] * unit::USD;
    return flow;
}

std::vector<Dollars> dollars(const std::vector<double>& amounts) {
    std::vector<Dollars> flow;
    for (const double amount : amounts) flow.push_back(amount * unit::USD);
    return flow;
}

void expect_roots(const Irr& found, const std::vector<double>& rates, double within) {
    ASSERT_EQ(found.roots.size(), rates.size()) << found.why;
    for (std::size_t i = 0; i < rates.size(); ++i) EXPECT_NEAR(found.roots[i], rates[i], within);
}

TEST(Irr, OfOnePaymentIsItsGrowth) {
    const Irr found = irr(with_rates({0.1}));
    expect_roots(found, {0.1}, 1e-13);
    EXPECT_EQ(found.rate, found.roots[0]);
    EXPECT_TRUE(found.why.empty());
    expect_roots(irr(dollars({-100, 150})), {std::pow(1.5, 12) - 1}, 1e-9);
    expect_roots(irr(with_rates({-0.6})), {-0.6}, 1e-13);
}

TEST(Irr, OfALoanIsItsInterest) {
    std::vector<Dollars> flow(37, annuity(1000 * unit::USD, 0.12, 36));
    flow[0] = -1000 * unit::USD;
    expect_roots(irr(flow), {0.12}, 1e-12);
}

TEST(Irr, OfALongLevelFlowIsNearlyThatOfAPerpetuity) {
    std::vector<Dollars> flow(1200, 10 * unit::USD);
    flow[0] = -1000 * unit::USD;
    // 1 % a month, less what is due after a hundred years: 1.01^-1200 = 6.5e-6 of it
    expect_roots(irr(flow), {std::pow(1.01, 12) - 1}, 2e-5);
}

TEST(Irr, TwoChangesOfSignHaveTwoRatesAndNoneIsTheRate) {
    const Irr found = irr(with_rates({0.1, 0.2}));
    expect_roots(found, {0.1, 0.2}, 1e-9);
    EXPECT_FALSE(found.rate);
    EXPECT_EQ(found.why, "2 rates make the present value zero: 10 %, 20 %");
}

TEST(Irr, ThreeRatesAreAllFound) {
    expect_roots(irr(with_rates({-0.3, 0.1, 1.5})), {-0.3, 0.1, 1.5}, 1e-9);
}

TEST(Irr, ARateThatTouchesIsListedAndNotMeant) {
    const Irr touching = irr(with_rates({0.1, 0.1}));
    expect_roots(touching, {0.1}, 1e-9);
    EXPECT_FALSE(touching.rate);
    EXPECT_EQ(touching.why, "the present value touches zero and does not change its sign");
    const Irr both = irr(with_rates({0.1, 0.1, 0.3}));
    expect_roots(both, {0.1, 0.3}, 1e-7);
    ASSERT_TRUE(both.rate);
    EXPECT_NEAR(*both.rate, 0.3, 1e-9);
    // a triple root touches and crosses
    const Irr triple = irr(with_rates({0.1, 0.1, 0.1}));
    ASSERT_TRUE(triple.rate) << triple.why;
    EXPECT_NEAR(*triple.rate, 0.1, 1e-4);
}

TEST(Irr, SaysWhyThereIsNone) {
    EXPECT_EQ(irr(dollars({0, 0, 0})).why, "nothing is paid and nothing is earned");
    EXPECT_EQ(irr({}).why, "nothing is paid and nothing is earned");
    EXPECT_EQ(irr(dollars({-1, -2})).why, "all amounts have the same sign");
    const Irr never = irr(dollars({1, -1, 1}));  // v^2 - v + 1 has no real zero
    EXPECT_EQ(never.why, "no rate makes the present value zero");
    EXPECT_TRUE(never.roots.empty());
    // 1 out, 1e9 in a month later: beyond 1000 % a month
    EXPECT_EQ(irr(dollars({-1, 1e9})).why, "no rate makes the present value zero");
}

TEST(Irr, EveryKnownRateIsFound) {
    EXPECT_TRUE(rc::check("of one to five, a tenth and more apart", [] {
        const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 6));
        std::vector<double> rates{-0.5};
        for (std::size_t i = 0; i < std::min<std::size_t>(steps.size(), 4); ++i) {
            rates.push_back(rates.back() + 0.1 * steps[i]);
        }
        const Irr found = irr(with_rates(rates));
        RC_ASSERT(found.roots.size() == rates.size());
        for (std::size_t i = 0; i < rates.size(); ++i) {
            RC_ASSERT(std::abs(found.roots[i] - rates[i]) < 1e-6);
        }
        RC_ASSERT(found.rate.has_value() == (rates.size() == 1));
    }));
}

// By Descartes' rule as a bound, and by a scan of signs.
TEST(Irr, RootsAreRootsAndAsManyAsSignsAllow) {
    EXPECT_TRUE(rc::check([] {
        const auto amounts = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-9, 10));
        std::vector<Dollars> flow;
        std::size_t changes = 0;
        int last = 0;
        for (const int amount : amounts) {
            flow.push_back(amount * unit::USD);
            if (amount * last < 0) ++changes;
            if (amount != 0) last = amount;
        }
        const Irr found = irr(flow);
        RC_ASSERT(found.roots.size() <= changes);
        RC_ASSERT(std::is_sorted(found.roots.begin(), found.roots.end()));
        RC_ASSERT(found.rate.has_value() == found.why.empty());
        for (const double rate : found.roots) {
            std::vector<Dollars> sizes = flow;
            for (Dollars& amount : sizes) amount = max(amount, -amount);
            const double size = present_value(sizes, rate).si();
            RC_ASSERT(std::abs(present_value(flow, rate).si()) <= 1e-9 * size);
        }
        // wherever the sign differs between two rates, a root lies between them
        double before = present_value(flow, -0.98).si();
        for (double rate = -0.96; rate < 3; rate += 0.02) {
            const double here = present_value(flow, rate).si();
            const bool root = std::any_of(found.roots.begin(), found.roots.end(), [&](double r) {
                return r > rate - 0.02 - 1e-9 && r < rate + 1e-9;
            });
            RC_ASSERT(before * here >= 0 || root);
            before = here;
        }
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
