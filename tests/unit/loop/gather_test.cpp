// Events day by day: cases worked by hand, and what is dropped where.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "millwright/loop/gather.h"

namespace millwright {
namespace TEST_FILE {

/// A hundred events a day of which half are kept, and people who label 25; a run takes a hundred.
DataLoop slow_labels() {
    DataLoop loop;
    loop.fleet.vehicles = 100;
    loop.curation.kept = 0.5;
    loop.labels.a_day = 25;
    loop.training.threshold = 100;
    loop.counts = DailyCounts::mean;
    loop.days = 8;
    return loop;
}

TEST(Gather, ARunByHand) {
    const GatheredData data = gather(slow_labels(), 1, 0);
    ASSERT_EQ(data.runs.size(), 1U);
    const GatheredRun& run = data.runs.front();
    EXPECT_EQ(run.ready, 6);
    EXPECT_EQ(run.events, 100);
    ASSERT_EQ(run.births.size(), 2U);
    EXPECT_EQ(run.births[0].day, 0);
    EXPECT_EQ(run.births[0].events, 50);
    EXPECT_EQ(run.births[1].events, 50);
    // labelled on days 2 to 5, of which the first two are of day 0: 0, 1, 1 and 2 days in line
    EXPECT_EQ(run.waited, (std::array<double, 4>{0, 0, 100, 150}));
    EXPECT_EQ(run.worked, (std::array<double, 4>{100, 100, 100, 0}));
}

TEST(Gather, TalliesByHand) {
    const GatheredData data = gather(slow_labels(), 1, 0);
    EXPECT_EQ(data.triggered, 800);
    const StageTally& upload = data.stages[0];
    EXPECT_EQ(upload.in, 800);
    EXPECT_EQ(upload.out, 800);
    EXPECT_EQ(upload.area, 800);
    const StageTally& curation = data.stages[1];
    EXPECT_EQ(curation.in, 800);  // the last day's entered as the time ended
    EXPECT_EQ(curation.dropped, 350);
    EXPECT_EQ(curation.left, 100);
    const StageTally& labels = data.stages[2];
    EXPECT_EQ(labels.in, 350);
    EXPECT_EQ(labels.out, 150);
    EXPECT_EQ(labels.left, 200);
    EXPECT_EQ(labels.most, 175);  // on the last day, before 25 of them were labelled
    EXPECT_DOUBLE_EQ(labels.area, 50 + 75 + 100 + 125 + 150 + 175);
    EXPECT_DOUBLE_EQ(load(labels), 2);
    EXPECT_DOUBLE_EQ(utilisation(labels), 150.0 / 200);
    EXPECT_TRUE(grows(labels));
    EXPECT_FALSE(grows(curation));
    EXPECT_EQ(data.stages[3].left, 50);
}

TEST(Gather, WhatIsNotUploadedInTimeIsOverwritten) {
    DataLoop loop = slow_labels();
    loop.labels.a_day.reset();
    loop.fleet.event_size = 2 * unit::MB;
    loop.fleet.vehicle_budget = 4 * unit::MB;
    loop.fleet.connected = 0.4;  // 80 events a day
    const StageTally at_once = gather(loop, 1, 0).stages[0];
    EXPECT_EQ(at_once.dropped, 7 * 20);
    EXPECT_EQ(at_once.left, 20);
    EXPECT_DOUBLE_EQ(load(at_once), 1.25);
    loop.fleet.keep_days = 2;
    const StageTally later = gather(loop, 1, 0).stages[0];
    EXPECT_EQ(later.out, 640);
    EXPECT_EQ(later.in, later.out + later.dropped + later.left);
    EXPECT_LT(later.dropped, at_once.dropped);
    loop.fleet.fleet_budget = 20 * unit::MB;  // the narrower of two
    EXPECT_EQ(gather(loop, 1, 0).stages[0].out, 80);
}

TEST(Gather, TheCalendarTakesWhatIsThere) {
    DataLoop loop = slow_labels();
    loop.labels = {.automatic = 1};
    loop.training.threshold.reset();
    loop.training.every = 5;
    loop.days = 11;
    const GatheredData data = gather(loop, 1, 0);
    ASSERT_EQ(data.runs.size(), 2U);
    EXPECT_EQ(data.runs[0].ready, 5);  // days 0, 1 and 2 are labelled by then
    EXPECT_EQ(data.runs[0].events, 150);
    EXPECT_EQ(data.runs[1].events, 250);
    EXPECT_EQ(data.automatic, data.stages[2].out);
}

TEST(Gather, FractionsAreCarriedOn) {
    DataLoop loop = slow_labels();
    loop.fleet = {.vehicles = 1, .events = 0.3};
    loop.days = 100;
    EXPECT_NEAR(static_cast<double>(gather(loop, 1, 0).triggered), 30, 1);
    loop.fleet.growth = 0.5;
    const double months = 99 * unit::day.in(unit::month);
    EXPECT_NEAR(events_on(loop.fleet, 99), 0.3 * std::pow(1.5, months), 1e-12);
}

TEST(Gather, DrawsAreOfSeedAndReplication) {
    DataLoop loop = slow_labels();
    loop.counts = DailyCounts::drawn;
    const std::int64_t one = gather(loop, 1, 0).triggered;
    EXPECT_EQ(gather(loop, 1, 0).triggered, one);
    EXPECT_NE(gather(loop, 1, 1).triggered, one);
    EXPECT_NE(gather(loop, 2, 0).triggered, one);
    EXPECT_NEAR(static_cast<double>(one), 800, 5 * std::sqrt(800.0));
}

}  // namespace TEST_FILE
}  // namespace millwright
