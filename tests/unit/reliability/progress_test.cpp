// Samples of the work that counts, by hand, and the fan of many replications.
#include "millwright/reliability/progress.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/reliability/job_run.h"
#include "tests/unit/reliability/fleet_jobs.h"

namespace millwright {
namespace TEST_FILE {

/// Samples every 10 s; 90 s of work, then a checkpoint of 10 s.
FleetJob ten_minutes() {
    FleetJob job = exponential_job({}, 10 * unit::s, {}, 600 * unit::s);
    job.checkpoints.period = 90 * unit::s;
    return job;
}

TEST(Progress, ManyPeriodsAreSampledAsEachOfThemWouldBe) {
    const FleetJob job = ten_minutes();
    ProgressSampler sampler(job);
    sampler.pass({{}, {}, 30 * unit::s, 0.5}, 600 * unit::s, 273 * unit::s);
    ASSERT_EQ(sampler.samples().size(), progress_samples);
    const auto at = [&](int time) {
        return sampler.samples()[static_cast<std::size_t>(time) / 10 - 1].si();
    };
    EXPECT_NEAR(at(10), 5, 1e-9);
    EXPECT_NEAR(at(30), 15, 1e-9);
    EXPECT_NEAR(at(40), 15, 1e-9);  // the first checkpoint has ended
    EXPECT_NEAR(at(100), 45, 1e-9);
    EXPECT_NEAR(at(130), 60, 1e-9);
    EXPECT_NEAR(at(140), 60, 1e-9);
    EXPECT_NEAR(at(150), 65, 1e-9);
    EXPECT_EQ(at(600), 273);  // as the stretch says that it ended
}

TEST(Progress, WhatIsTakenBackCountsAtNoTime) {
    const FleetJob job = ten_minutes();
    ProgressSampler sampler(job);
    sampler.pass({{}, {}, 90 * unit::s, 1}, 45 * unit::s, 45 * unit::s);
    sampler.rewind(15 * unit::s);
    sampler.pass({45 * unit::s, 15 * unit::s, 90 * unit::s, 0}, 75 * unit::s, 15 * unit::s);
    sampler.pass({75 * unit::s, 15 * unit::s, 90 * unit::s, 1}, 85 * unit::s, 25 * unit::s);
    std::vector<double> samples;
    for (const Seconds work : sampler.samples()) samples.push_back(work.si());
    EXPECT_EQ(samples, (std::vector<double>{10, 15, 15, 15, 15, 15, 15, 20}));
}

TEST(Progress, TheLastSampleIsTheProductiveTime) {
    for (std::uint64_t run = 0; run < 20; ++run) {
        const RunTally tally = run_job(rich_job(), 1, run);
        ASSERT_EQ(tally.progress.size(), progress_samples);
        EXPECT_EQ(tally.progress.back(), tally.productive);
        EXPECT_TRUE(std::ranges::is_sorted(tally.progress));
    }
}

TEST(Progress, PeriodsThatAreWalkedAreSampledAsThoseThatAreCounted) {
    FleetJob job = exponential_job(2 * unit::hour, 10 * unit::s, 3 * unit::minute, 9 * unit::day);
    const RunTally counted = run_job(job, 3, 0);
    // a second level that costs nothing makes each period be walked by itself
    job.checkpoints.levels.insert(job.checkpoints.levels.begin(), {.name = "none", .survives = 0});
    const RunTally walked = run_job(job, 3, 0);
    for (std::size_t i = 0; i < progress_samples; ++i) {
        EXPECT_NEAR(counted.progress[i].si(), walked.progress[i].si(), 1e-5) << i;
    }
}

// A run that ends at a sample time has, by then, at least what the longer one keeps of it.
TEST(Progress, ASampleIsWhatAShorterRunEndsWithButForWhatIsTakenBackLater) {
    FleetJob job = exponential_job(1 * unit::hour, 10 * unit::s, 3 * unit::minute, 4 * unit::day);
    const RunTally whole = run_job(job, 7, 0);
    for (const std::size_t i : {9U, 29U, 44U}) {
        job.horizon = progress_time(4 * unit::day, i);
        const Seconds ended = run_job(job, 7, 0).productive;
        EXPECT_LE(whole.progress[i], ended + 1e-6 * unit::s);
        EXPECT_GE(whole.progress[i], ended - job.checkpoints.period);
    }
}

TEST(Progress, QuantilesAreOfTheFirstRunsAndMeansOfAll) {
    ProgressSums sums(1 * unit::day);
    const std::size_t runs = 2 * most_fanned_runs;
    for (std::size_t run = 0; run < runs; ++run) {
        const double value = run < most_fanned_runs ? static_cast<double>(run % 5) : 10;
        sums.add(std::vector<Seconds>(progress_samples, value * unit::s));
    }
    const ProgressFan fan = sums.fan();
    ASSERT_EQ(fan.size(), progress_samples);
    EXPECT_EQ(fan.front().at, unit::day / static_cast<double>(progress_samples));
    EXPECT_EQ(fan.back().at, 1 * unit::day);
    EXPECT_NEAR(fan.back().mean.si(), 6, 1e-3);
    EXPECT_EQ(fan.back().p50, 2 * unit::s);
    EXPECT_EQ(fan.back().p95, 4 * unit::s);
}

}  // namespace TEST_FILE
}  // namespace millwright
