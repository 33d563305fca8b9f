// Counts of failures against their laws.
#include <gtest/gtest.h>

#include <cmath>

#include "millwright/reliability/failure_clocks.h"

namespace millwright {
namespace TEST_FILE {

FleetJob job_with(FailureCause cause) {
    FleetJob job{.servers = 100, .horizon = 100 * unit::day};
    job.causes = {std::move(cause)};
    return job;
}

/// Times of failures up to `end`.
std::vector<double> times_of(const FleetJob& job, Seconds end, std::uint64_t run,
                             double exposure = 1) {
    RunRandom random(11, run);
    FailureClocks clocks(job, random);
    clocks.expose({}, exposure);
    std::vector<double> times;
    while (clocks.next() < end) {
        times.push_back(clocks.next().si());
        clocks.take();
    }
    return times;
}

double mean_count(const FleetJob& job, Seconds end, double exposure = 1) {
    double sum = 0;
    for (std::uint64_t run = 0; run < 200; ++run) {
        sum += static_cast<double>(times_of(job, end, run, exposure).size());
    }
    return sum / 200;
}

constexpr EventRate hourly = EventRate::from_si(1.0 / 3600);

TEST(FailureClocks, ExponentialCountsFollowRateAndExposure) {
    const FleetJob job = job_with({.name = "a", .rate = hourly});
    EXPECT_NEAR(mean_count(job, 100 * unit::hour), 100, 3);
    EXPECT_NEAR(mean_count(job, 100 * unit::hour, 0.25), 25, 1.5);
    EXPECT_EQ(mean_count(job, 100 * unit::hour, 0), 0);
}

TEST(FailureClocks, WeibullGapsHaveTheirMeanAndVariation) {
    const FleetJob job =
        job_with({.name = "a", .rate = hourly, .law = HazardLaw::weibull, .shape = 0.5});
    const std::vector<double> times = times_of(job, 40000 * unit::hour, 0);
    double mean = 0, squares = 0, last = 0;
    const auto n = static_cast<double>(times.size());
    for (const double time : times) {
        mean += (time - last) / n;
        squares += (time - last) * (time - last) / n;
        last = time;
    }
    EXPECT_NEAR(mean / 3600, 1, 0.05);
    // variance over squared mean of shape k: G(1 + 2/k) / G(1 + 1/k)^2 - 1, five for one half
    EXPECT_NEAR(squares / (mean * mean) - 1, 5, 0.8);
}

TEST(FailureClocks, BurnInFadesAndWearGrows) {
    FailureCause cause{.name = "a",
                       .rate = hourly,
                       .law = HazardLaw::ageing,
                       .shape = 0.5,
                       .settled = 100 * unit::hour};
    // the integral of rate (t / s)^(k - 1) up to s is rate s / k
    EXPECT_NEAR(mean_count(job_with(cause), 100 * unit::hour), 200, 5);
    cause.shape = 2;
    EXPECT_NEAR(mean_count(job_with(cause), 100 * unit::hour), 50, 3);
    cause.age = 100 * unit::hour;
    EXPECT_NEAR(mean_count(job_with(cause), 100 * unit::hour), 150, 4);
}

TEST(FailureClocks, CausesComeByTheirRates) {
    FleetJob job{.servers = 100, .horizon = 100 * unit::day};
    job.causes = {{.name = "a", .rate = hourly},
                  {.name = "b", .rate = 3 * hourly},
                  {.name = "never", .rate = {}}};
    RunRandom random(3, 0);
    FailureClocks clocks(job, random);
    std::array<double, 3> counts{};
    for (int i = 0; i < 8000; ++i) ++counts[clocks.take()];
    EXPECT_NEAR(counts[1] / counts[0], 3, 0.2);
    EXPECT_EQ(counts[2], 0);
}

}  // namespace TEST_FILE
}  // namespace millwright
