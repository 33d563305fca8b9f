// Figures of whole loops: a case worked by hand, cost, and the compute that a wanted time needs.
#include <gtest/gtest.h>

#include <string_view>

#include "millwright/loop/loop_figures.h"

namespace millwright {
namespace TEST_FILE {

/// That of gather_test.cpp with a day and a half of training, half a day of trials, two of release.
DataLoop by_hand() {
    DataLoop loop;
    loop.fleet.vehicles = 100;
    loop.curation.kept = 0.5;
    loop.labels.a_day = 25;
    loop.training.flops = 1.5 * 86400 * unit::flop;
    loop.training.threshold = 100;
    loop.evaluation.takes = 0.5 * unit::day;
    loop.release = {{.share = 1, .soak = 2 * unit::day}};
    loop.counts = DailyCounts::mean;
    loop.days = 8;
    return loop;
}

Seconds part(const Ledger<Seconds>& mean, std::string_view stage, std::string_view kind) {
    const Ledger<Seconds>* found = find(mean, stage);
    const Ledger<Seconds>* leaf = found == nullptr ? nullptr : find(*found, kind);
    return leaf == nullptr ? Seconds{} : leaf->value;
}

TEST(LoopFigures, ALoopByHand) {
    const DataLoop loop = by_hand();
    const LoopFigures figures = loop_figures(loop, replicate(loop, 1, 1, 1));
    ASSERT_TRUE(figures.times);
    EXPECT_DOUBLE_EQ(figures.times->mean.value.in(unit::day), 9.5);
    EXPECT_DOUBLE_EQ(figures.times->p50.in(unit::day), 9);
    EXPECT_DOUBLE_EQ(figures.times->p90.in(unit::day), 10);
    EXPECT_DOUBLE_EQ(figures.times->means.p95, 9.5);
    const Ledger<Seconds>& mean = figures.times->mean;
    EXPECT_DOUBLE_EQ(part(mean, "labels", "waiting").in(unit::day), 1);
    EXPECT_DOUBLE_EQ(part(mean, "gathering", "waiting").in(unit::day), 1.5);
    EXPECT_DOUBLE_EQ(part(mean, "training", "working").in(unit::day), 1.5);
    EXPECT_EQ(part(mean, "training", "waiting"), Seconds{});
    EXPECT_EQ(figures.closed, 0);  // at day 10, two after the end
    EXPECT_EQ(figures.bottleneck, LoopStage::labels);
}

TEST(LoopFigures, LoopsThatCloseAreCounted) {
    DataLoop loop = by_hand();
    loop.days = 10;
    const LoopFigures figures = loop_figures(loop, replicate(loop, 1, 1, 1));
    EXPECT_EQ(figures.closed, 1);
    EXPECT_EQ(figures.used, 100);
    EXPECT_DOUBLE_EQ(figures.loops_a_year.mean, 36.525);
    EXPECT_DOUBLE_EQ(figures.vehicle_days, 1000);
}

TEST(LoopFigures, NoRunNoTime) {
    DataLoop loop = by_hand();
    loop.training.threshold = 1'000'000;
    const auto replications = replicate(loop, 1, 2, 1);
    const LoopFigures figures = loop_figures(loop, replications);
    EXPECT_FALSE(figures.times);
    EXPECT_EQ(figures.loops_a_year.mean, 0);
    EXPECT_EQ(asked_rate(loop, figures), FlopRate{});
    EXPECT_FALSE(needed_rate(loop, 1 * unit::day, 1, replications));
}

TEST(LoopFigures, CostByHand) {
    DataLoop loop = by_hand();
    loop.days = 10;
    loop.fleet.event_size = 1 * unit::GB;
    loop.prices = {.upload_per_gb = 2 * unit::USD,
                   .curation_per_event = 1 * unit::USD,
                   .people = 10 * unit::USD / unit::day,
                   .chips = 100 * unit::USD / unit::day,
                   .evaluation = 5 * unit::USD};
    const Ledger<Dollars> cost = loop_cost(loop, loop_figures(loop, replicate(loop, 1, 1, 1)));
    EXPECT_DOUBLE_EQ(find(cost, "upload")->value.in(unit::USD), 2000);
    EXPECT_DOUBLE_EQ(find(cost, "curation")->value.in(unit::USD), 900);  // of nine days
    EXPECT_DOUBLE_EQ(find(cost, "labels")->value.in(unit::USD), 100);
    EXPECT_DOUBLE_EQ(find(cost, "training")->value.in(unit::USD), 1000);
    EXPECT_DOUBLE_EQ(find(cost, "evaluation")->value.in(unit::USD), 5);
    EXPECT_DOUBLE_EQ(cost.value.in(unit::USD), 4005);
}

TEST(LoopFigures, TheRateThatAWantedTimeNeeds) {
    const DataLoop loop = by_hand();
    const auto replications = replicate(loop, 1, 1, 1);
    // one run: eight days are of other stages, so that 9 leave one for training
    const auto rate = needed_rate(loop, 9 * unit::day, 1, replications);
    ASSERT_TRUE(rate);
    EXPECT_NEAR(rate->si(), 1.5, 1e-5);
    EXPECT_FALSE(needed_rate(loop, 7.9 * unit::day, 1, replications));
    const LoopFigures figures = loop_figures(loop, replications);
    EXPECT_DOUBLE_EQ(figures.stages[4].offered, 1.5);
    EXPECT_DOUBLE_EQ(asked_rate(loop, figures).si(), 1.5 / 8);
}

TEST(LoopFigures, TheSameForAnyThreads) {
    DataLoop loop = by_hand();
    loop.counts = DailyCounts::drawn;
    loop.evaluation.pass = 0.5;
    loop.days = 60;
    const LoopFigures one = loop_figures(loop, replicate(loop, 7, 9, 1));
    const LoopFigures three = loop_figures(loop, replicate(loop, 7, 9, 3));
    ASSERT_TRUE(one.times && three.times);
    EXPECT_EQ(one.times->mean.value, three.times->mean.value);
    EXPECT_EQ(one.times->means.p5, three.times->means.p5);
    EXPECT_EQ(one.stages[5].area, three.stages[5].area);
}

}  // namespace TEST_FILE
}  // namespace millwright
