// The closed form against the printed table, against limits that can be worked by hand, and at the
// ends of what numbers can be.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "millwright/reliability/closed_form.h"
#include "millwright/reliability/exponentials.h"
#include "millwright/reliability/time_law.h"

namespace millwright {
namespace TEST_FILE {

const Seconds never = Seconds::from_si(std::numeric_limits<double>::infinity());

TEST(ClosedForm, NothingFailsNothingIsLostButCheckpoints) {
    EXPECT_DOUBLE_EQ(rewinding_share({never, 10 * unit::s, 90 * unit::s, 1}), 0.9);
    EXPECT_DOUBLE_EQ(dropping_share({never, 10 * unit::s, 90 * unit::s, 5 * unit::s, 9 * unit::s}),
                     0.9);
}

// Daly's renewal: a period with its checkpoint takes M (e^((period + w) / M) - 1) e^(R / M).
TEST(ClosedForm, OneCaseByHand) {
    const double mtbf = 1000, period = 200, cost = 20, restart = 50;
    const double takes = mtbf * (std::exp((period + cost) / mtbf) - 1) * std::exp(restart / mtbf);
    const CheckpointedJob job{
        mtbf * unit::s, cost * unit::s, period * unit::s,
        chance_without_failure(constantly(restart * unit::s), mtbf * unit::s)};
    EXPECT_NEAR(rewinding_share(job), period / takes, 1e-14);
}

TEST(ClosedForm, NoPeriodIsBetterThanTheBest) {
    EXPECT_TRUE(rc::check("the best period", [] {
        const double mtbf = std::pow(10.0, *rc::gen::inRange(0, 70) / 10.0);
        const double cost = mtbf * std::pow(10.0, *rc::gen::inRange(-60, 10) / 10.0);
        const Seconds m = mtbf * unit::s, w = cost * unit::s;
        const Seconds best = best_period(m, w);
        const double at_best = rewinding_share({m, w, best, 1});
        for (const double times : {0.5, 0.9, 0.99, 1.01, 1.1, 2.0}) {
            RC_ASSERT(rewinding_share({m, w, times * best, 1}) <= at_best * (1 + 1e-12));
        }
    }));
}

TEST(ClosedForm, ForCheapCheckpointsTheBestPeriodIsYoungs) {
    const Seconds mtbf = 1 * unit::day, cost = 1e-6 * unit::s;
    EXPECT_NEAR(best_period(mtbf, cost) / first_order_period(mtbf, cost), 1, 1e-5);
    EXPECT_EQ(best_period(mtbf, {}), Seconds{});
}

TEST(ClosedForm, AnyTimesGiveAShare) {
    const std::array times{Seconds{}, 1e-15 * unit::s, 1 * unit::s, 1e6 * unit::s, 1e12 * unit::s};
    for (const Seconds mtbf : times) {
        if (mtbf == Seconds{}) continue;
        for (const Seconds cost : times) {
            const Seconds period = best_period(mtbf, cost);
            EXPECT_TRUE(std::isfinite(period.si()));
            for (const Seconds restart : times) {
                for (const Seconds used : {max(period, 1e-15 * unit::s), 1e12 * unit::s}) {
                    const double share = rewinding_share(
                        {mtbf, cost, used, chance_without_failure(constantly(restart), mtbf)});
                    EXPECT_TRUE(share >= 0 && share <= 1) << share;
                }
                const double dropped = dropping_share({.mtbf = mtbf,
                                                       .checkpoint = cost,
                                                       .period = 1 * unit::hour,
                                                       .stall = restart,
                                                       .repair = restart,
                                                       .replicas = 16});
                EXPECT_TRUE(dropped >= 0 && dropped <= 1) << dropped;
            }
        }
    }
}

TEST(ClosedForm, FailuresThatStrikeReplicasAreRareOnes) {
    // many replicas without repair: up with the chance that none failed within the stall
    const ReplicatedJob many{.mtbf = 18 * unit::minute,
                             .checkpoint = {},
                             .period = 1 * unit::hour,
                             .stall = 3 * unit::minute,
                             .repair = 3 * unit::minute,
                             .replicas = 1e6};
    EXPECT_NEAR(dropping_share(many), std::exp(-3.0 / 18), 1e-5);
    EXPECT_GT(gap_of_rewinds(many), 1e12 * unit::s);
}

TEST(ClosedForm, WhatIsNoJobIsRefused) {
    EXPECT_THROW(rewinding_share({{}, {}, 1 * unit::s, 1}), std::logic_error);
    EXPECT_THROW(rewinding_share({1 * unit::s, {}, {}, 1}), std::logic_error);
    EXPECT_THROW(best_period(1 * unit::s, -1 * unit::s), std::logic_error);
    ReplicatedJob alone{.mtbf = 1 * unit::s, .period = 1 * unit::s, .replicas = 1};
    EXPECT_THROW(dropping_share(alone), std::logic_error);
}

TEST(Exponentials, AgreeWithTheStandardLibrary) {
    for (const double x : {1e-300, 1e-9, 0.01, 0.49, 0.51, 3.0, 90.0, 699.0}) {
        EXPECT_NEAR(exponential_less_one(x) / std::expm1(x), 1, 1e-13);
        EXPECT_NEAR(exponential_less_one(-x) / std::expm1(-x), 1, 1e-13);
    }
    for (const double x : {1.0, 1.1, 2.5, 6.0, 11.0, 11.9}) {
        EXPECT_NEAR(gamma_of(x) / std::tgamma(x), 1, 1e-12);
    }
    EXPECT_EQ(exponential_of(-1e300), 0);
    EXPECT_TRUE(std::isinf(exponential_of(1e300)));
    EXPECT_NEAR(power_of(3, 1.5), std::pow(3, 1.5), 1e-12);
}

}  // namespace TEST_FILE
}  // namespace millwright
