// What one failure does, by hand: failures are put at known times by a cause that ages so sharply
// that it strikes almost at one time, or by none at all.
#include <gtest/gtest.h>

#include "millwright/reliability/job_run.h"
#include "tests/unit/reliability/fleet_jobs.h"

namespace millwright {
namespace TEST_FILE {

Seconds lost(const RunTally& tally, std::size_t account, Badput badput) {
    return tally.lost[account][static_cast<std::size_t>(badput)];
}

std::size_t account(const FleetJob& job, RunAccount which) {
    return job.causes.size() + static_cast<std::size_t>(which);
}

TEST(JobRun, WithoutFailuresTimeIsWorkAndCheckpoints) {
    FleetJob job = exponential_job({}, 10 * unit::s, 1 * unit::minute, 1000 * unit::s);
    job.checkpoints.period = 90 * unit::s;
    const RunTally tally = run_job(job, 1, 0);
    EXPECT_NEAR(tally.productive.si(), 900, 1e-9);
    EXPECT_NEAR(lost(tally, account(job, RunAccount::checkpoints), Badput::checkpoint_save).si(),
                100, 1e-9);
    EXPECT_EQ(tally.interruptions, 0U);
}

TEST(JobRun, AFailureLosesWhatCameAfterTheLastCheckpoint) {
    FleetJob job = exponential_job(1 * unit::hour, 10 * unit::s, 1 * unit::minute, 1 * unit::day);
    const RunTally tally = run_job(job, 1, 0);
    ASSERT_GT(tally.interruptions, 5U);
    const double failures = static_cast<double>(tally.interruptions);
    // each loses less than a period, and takes a restart unless the next failure cut it off
    EXPECT_LT(lost(tally, 0, Badput::wasted_progress), failures * job.checkpoints.period);
    EXPECT_LE(lost(tally, 0, Badput::infrastructure_recovery), failures * unit::minute);
    EXPECT_GT(lost(tally, 0, Badput::infrastructure_recovery), (failures - 3) * unit::minute);
}

TEST(JobRun, WorkIsCountedInTheSameWayByOneAndByManyPeriods) {
    FleetJob job = exponential_job(2 * unit::hour, 10 * unit::s, 3 * unit::minute, 9 * unit::day);
    const RunTally fast = run_job(job, 3, 0);
    // a second level that costs nothing makes each period be walked by itself
    job.checkpoints.levels.insert(job.checkpoints.levels.begin(), {.name = "none", .survives = 0});
    const RunTally walked = run_job(job, 3, 0);
    EXPECT_EQ(fast.interruptions, walked.interruptions);
    EXPECT_NEAR(fast.productive / walked.productive, 1, 1e-9);
}

TEST(JobRun, ASlowWorkerTakesTimeButLosesNoWork) {
    FleetJob job = exponential_job({}, {}, {}, 10 * unit::day);
    job.causes = {{.name = "slow",
                   .rate = EventRate::from_si(1.0 / 86400),
                   .kind = FailureKind::slow,
                   .slowdown = 3,
                   .lasts = constantly(1 * unit::hour)}};
    const RunTally tally = run_job(job, 5, 0);
    ASSERT_GT(tally.strikes[0], 0U);
    EXPECT_EQ(tally.interruptions, 0U);
    const double at_most = static_cast<double>(tally.strikes[0]) * 3600 * 2 / 3;
    EXPECT_NEAR(lost(tally, 0, Badput::other).si(), at_most, 2400);
    EXPECT_EQ(lost(tally, 0, Badput::wasted_progress), Seconds{});
}

TEST(JobRun, WrongNumbersCostAllWorkSinceTheyBegan) {
    FleetJob job = exponential_job({}, 1 * unit::s, 1 * unit::minute, 30 * unit::day);
    job.causes = {{.name = "silent",
                   .rate = EventRate::from_si(1.0 / (4 * 86400)),
                   .kind = FailureKind::silent,
                   .lasts = constantly(5 * unit::hour)}};
    job.checkpoints.period = 10 * unit::minute;
    const RunTally tally = run_job(job, 2, 0);
    ASSERT_GT(tally.interruptions, 1U);
    const Seconds each =
        lost(tally, 0, Badput::wasted_progress) / static_cast<double>(tally.interruptions);
    EXPECT_GT(each, 4 * unit::hour);
    EXPECT_LT(each, 6 * unit::hour);
}

TEST(JobRun, PlannedStopsLoseNoWork) {
    FleetJob job = exponential_job({}, 10 * unit::s, {}, 10 * unit::day);
    job.planned = {1 * unit::day, constantly(1 * unit::hour)};
    const RunTally tally = run_job(job, 1, 0);
    EXPECT_EQ(tally.planned, 9U);
    const std::size_t planned = account(job, RunAccount::planned_stops);
    EXPECT_NEAR(lost(tally, planned, Badput::custom).in(unit::hour), 9, 1e-9);
    EXPECT_EQ(lost(tally, planned, Badput::wasted_progress), Seconds{});
}

TEST(JobRun, WithoutASpareTheJobWaitsForARepair) {
    FleetJob job = exponential_job(2 * unit::day, {}, 1 * unit::minute, 60 * unit::day);
    job.pool = SparePool{.spares = 1};
    job.repair.automatic = constantly(4 * unit::day);
    const RunTally tally = run_job(job, 4, 0);
    EXPECT_GT(tally.stock_outs, 0U);
    EXPECT_GT(tally.without_servers, Seconds{});
    job.pool->spares = 50;
    EXPECT_EQ(run_job(job, 4, 0).without_servers, Seconds{});
}

TEST(JobRun, AStandbyIsUsedWhileThereIsOne) {
    FleetJob job = exponential_job(6 * unit::hour, 10 * unit::s, 20 * unit::minute);
    job.policy = RecoveryPolicy::standby;
    job.pool = SparePool{.standbys = 2, .spares = 40, .wait = constantly(20 * unit::minute)};
    job.repair.automatic = constantly(1 * unit::day);
    const double with = share_by_simulation(job);
    job.pool->standbys = 0;
    EXPECT_GT(with, share_by_simulation(job));
}

TEST(JobRun, AHotUpdateMendsSoftware) {
    FleetJob job = exponential_job(3 * unit::hour, 10 * unit::s, 20 * unit::minute);
    job.policy = RecoveryPolicy::hot_update;
    const double hardware = share_by_simulation(job);
    job.causes[0].software = true;
    EXPECT_GT(share_by_simulation(job), hardware);
}

TEST(JobRun, AMemberOfALevelOutlivesOnlyWhatItSurvives) {
    FleetJob job = exponential_job(1 * unit::hour, {}, 1 * unit::minute);
    job.checkpoints.levels = {{.name = "peers", .survives = 1},
                              {.name = "remote", .every = 12, .blocking = 30 * unit::s}};
    job.checkpoints.period = 5 * unit::minute;
    const double small = share_by_simulation(job);
    job.causes[0].servers = 9;
    EXPECT_LT(share_by_simulation(job), small - 0.05);
}

}  // namespace TEST_FILE
}  // namespace millwright
