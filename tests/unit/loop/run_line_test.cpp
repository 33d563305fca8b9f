// Runs in line, worked by hand.
#include <gtest/gtest.h>

#include <vector>

#include "millwright/loop/run_line.h"

namespace millwright {
namespace TEST_FILE {

/// Three days to train, one to try, two to release.
DataLoop three_stages() {
    DataLoop loop;
    loop.training = {.flops = 3 * 86400 * 2 * unit::flop,
                     .rate = FlopRate::from_si(4),
                     .used = 0.5,
                     .retry = 0.5,
                     .threshold = 1};
    loop.evaluation.takes = 1 * unit::day;
    loop.release = {{.share = 0.1, .soak = 0.5 * unit::day}, {.share = 1, .soak = 1.5 * unit::day}};
    loop.days = 10;
    return loop;
}

const std::vector<GatheredRun> two_runs{{.ready = 1, .events = 5}, {.ready = 2, .events = 7}};

TEST(RunLine, TwoRunsByHand) {
    const ReleasedRuns done = release_runs(three_stages(), two_runs, 1, 0);
    // trained 1 to 4 and 4 to 7, tried to 5 and 8, released at 7 and 10
    EXPECT_DOUBLE_EQ(done.runs[0].released.in(unit::day), 7);
    EXPECT_DOUBLE_EQ(done.runs[1].released.in(unit::day), 10);
    EXPECT_DOUBLE_EQ(done.runs[1].waited[0].in(unit::day), 2);
    EXPECT_DOUBLE_EQ(done.runs[1].worked[0].in(unit::day), 3);
    EXPECT_DOUBLE_EQ(done.runs[1].worked[2].in(unit::day), 2);
    const StageTally& training = done.stages[0];
    EXPECT_EQ(training.in, 2);
    EXPECT_EQ(training.out, 2);
    EXPECT_EQ(training.most, 2);
    EXPECT_DOUBLE_EQ(training.area, 3 + 5);
    EXPECT_DOUBLE_EQ(utilisation(training), 0.6);
    EXPECT_DOUBLE_EQ(load(training), 0);  // both came in the first half
}

TEST(RunLine, TimesEndWithTheDays) {
    DataLoop loop = three_stages();
    loop.days = 5;
    const ReleasedRuns done = release_runs(loop, two_runs, 1, 0);
    EXPECT_DOUBLE_EQ(done.runs[1].released.in(unit::day), 10);
    const StageTally& training = done.stages[0];
    EXPECT_EQ(training.out, 1);
    EXPECT_EQ(training.left, 1);
    EXPECT_DOUBLE_EQ(training.area, 3 + 3);
    EXPECT_DOUBLE_EQ(training.stayed, 3);
    EXPECT_DOUBLE_EQ(training.staying, 3);
    EXPECT_DOUBLE_EQ(utilisation(training), 0.8);
    EXPECT_EQ(done.evaluations, 1);
    EXPECT_EQ(done.stages[2].in, 1);
}

TEST(RunLine, ARunThatFailsIsTrainedAgain) {
    DataLoop loop = three_stages();
    loop.evaluation.pass = 0.3;
    const ReleasedRun run = release_runs(loop, {two_runs[0]}, 4, 0).runs.front();
    ASSERT_GT(run.trainings, 1);
    EXPECT_EQ(run.evaluations, run.trainings);
    EXPECT_EQ(run.rollouts, 1);
    const auto again = static_cast<double>(run.trainings - 1);
    EXPECT_DOUBLE_EQ(run.released.in(unit::day), 1 + 3 + 1 + again * (1.5 + 1) + 2);
}

TEST(RunLine, ARolledBackRunStopsAtItsStage) {
    DataLoop loop = three_stages();
    loop.release[0].rollback = 0.99;
    const ReleasedRun run = release_runs(loop, {two_runs[0]}, 2, 0).runs.front();
    ASSERT_GT(run.rollouts, 1);
    EXPECT_EQ(run.trainings, run.rollouts);
    const auto again = static_cast<double>(run.rollouts - 1);
    EXPECT_DOUBLE_EQ(run.released.in(unit::day), 1 + 3 + 1 + again * (0.5 + 1.5 + 1) + 2);
}

TEST(RunLine, NothingToDo) {
    const ReleasedRuns done = release_runs(three_stages(), {}, 1, 0);
    EXPECT_TRUE(done.runs.empty());
    EXPECT_EQ(done.stages[0].in, 0);
    EXPECT_DOUBLE_EQ(done.stages[0].area, 0);
}

}  // namespace TEST_FILE
}  // namespace millwright
