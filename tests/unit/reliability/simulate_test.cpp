// Many replications and their sums.
#include <gtest/gtest.h>

#include "tests/unit/reliability/fleet_jobs.h"

namespace millwright {
namespace TEST_FILE {

void expect_same(const SimulatedJob& a, const SimulatedJob& b) {
    EXPECT_EQ(a.useful_share.mean, b.useful_share.mean);
    EXPECT_EQ(a.useful_share.p5, b.useful_share.p5);
    EXPECT_EQ(a.interruptions.mean, b.interruptions.mean);
    EXPECT_EQ(a.waterfall.value, b.waterfall.value);
    ASSERT_EQ(a.causes.size(), b.causes.size());
    for (std::size_t i = 0; i < a.causes.size(); ++i) {
        EXPECT_EQ(a.causes[i].lost, b.causes[i].lost);
    }
    ASSERT_EQ(a.progress.size(), b.progress.size());
    for (std::size_t i = 0; i < a.progress.size(); ++i) {
        EXPECT_EQ(a.progress[i].mean, b.progress[i].mean);
        EXPECT_EQ(a.progress[i].p5, b.progress[i].p5);
    }
}

TEST(SimulateJob, SameBitsForAnyNumberOfThreads) {
    const FleetJob job = rich_job();
    const SimulatedJob one = simulate_job(job, {.replications = 100, .threads = 1});
    for (const int threads : {2, 5}) {
        expect_same(one, simulate_job(job, {.replications = 100, .threads = threads}));
    }
    EXPECT_NE(one.useful_share.mean,
              simulate_job(job, {.replications = 100, .seed = 2}).useful_share.mean);
}

TEST(SimulateJob, StopsAtTheWidthThatWasAsked) {
    const FleetJob job = exponential_job(3 * unit::hour, 10 * unit::s, 10 * unit::minute);
    const SimulatedJob wide = simulate_job(job, {.replications = 10000, .until_width = 0.01});
    EXPECT_EQ(wide.replications, 64);
    const SimulatedJob narrow = simulate_job(job, {.replications = 10000, .until_width = 0.0005});
    EXPECT_GT(narrow.replications, 64);
    EXPECT_LT(narrow.replications, 10000);
    EXPECT_LE(narrow.useful_share.half_width, 0.0005);
}

TEST(SimulateJob, TheBestPeriodBySimulationIsThatOfTheClosedForm) {
    FleetJob job = exponential_job(1 * unit::hour, 10 * unit::s, 3 * unit::minute);
    const Seconds closed = job.checkpoints.period;
    const Seconds found = simulated_best_period(job, 2 * closed, {.replications = 200});
    EXPECT_NEAR(found / closed, 1, 0.15);
    const double at_closed = closed_share(job).value();
    job.checkpoints.period = found;
    EXPECT_NEAR(closed_share(job).value(), at_closed, 0.002);
}

}  // namespace TEST_FILE
}  // namespace millwright
