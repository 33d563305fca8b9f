// Laws of a job on machines that fail.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "tests/unit/reliability/fleet_jobs.h"

namespace millwright {
namespace TEST_FILE {

/// Leaves of a ledger, summed.
Seconds leaves(const Ledger<Seconds>& ledger) {
    if (ledger.parts.empty()) return ledger.value;
    Seconds sum;
    for (const Ledger<Seconds>& part : ledger.parts) sum += leaves(part);
    return sum;
}

FleetJob any_exponential() {
    const Seconds mtbf = *rc::gen::inRange(5, 600) * unit::minute;
    const Seconds cost = *rc::gen::inRange(0, 90) * unit::s;
    const Seconds restart = *rc::gen::inRange(0, 1200) * unit::s;
    return exponential_job(mtbf, cost, restart, 20 * unit::day);
}

TEST(ReliabilityLaw, TimeIsConservedInTheWaterfall) {
    EXPECT_TRUE(rc::check("leaves sum to the horizon", [] {
        FleetJob job = *rc::gen::arbitrary<bool>() ? rich_job() : any_exponential();
        job.policy = static_cast<RecoveryPolicy>(*rc::gen::inRange(0, 5));
        if (job.policy == RecoveryPolicy::replica_drop || job.policy == RecoveryPolicy::elastic) {
            job.replicas = *rc::gen::inRange(2, 64);
            job.rejoin = constantly(*rc::gen::inRange(0, 600) * unit::minute);
        }
        const auto seed = static_cast<std::uint64_t>(*rc::gen::inRange(0, 1000));
        const SimulatedJob s = simulate_job(job, {.replications = 4, .seed = seed});
        RC_ASSERT(std::abs(s.waterfall.value / job.horizon - 1) < 1e-9);
        RC_ASSERT(std::abs(leaves(s.waterfall) / job.horizon - 1) < 1e-9);
        RC_ASSERT(s.useful_share.mean >= 0);
        RC_ASSERT(s.useful_share.mean <= 1 + 1e-12);
    }));
}

TEST(ReliabilityLaw, AFanOfProgressRisesWithTimeAndWithItsQuantiles) {
    EXPECT_TRUE(rc::check("and ends at the useful share", [] {
        FleetJob job = *rc::gen::arbitrary<bool>() ? rich_job() : any_exponential();
        job.policy = static_cast<RecoveryPolicy>(*rc::gen::inRange(0, 5));
        job.replicas = *rc::gen::inRange(2, 64);
        const auto seed = static_cast<std::uint64_t>(*rc::gen::inRange(0, 1000));
        const SimulatedJob s = simulate_job(job, {.replications = 7, .seed = seed});
        const Seconds rounding = 1e-9 * job.horizon;
        ProgressPoint before;
        for (const ProgressPoint& p : s.progress) {
            const std::vector<Seconds> rising{p.p5, p.p25, p.p50, p.p75, p.p95, p.at};
            for (std::size_t i = 1; i < rising.size(); ++i) {
                RC_ASSERT(rising[i - 1] <= rising[i] + rounding);
            }
            RC_ASSERT(p.mean <= p.at + rounding);
            RC_ASSERT(before.mean <= p.mean + rounding);
            RC_ASSERT(before.p5 <= p.p5 + rounding);
            RC_ASSERT(before.p95 <= p.p95 + rounding);
            before = p;
        }
        RC_ASSERT(std::abs(before.mean / job.horizon - s.useful_share.mean) < 1e-9);
        RC_ASSERT(std::abs(before.p50 / job.horizon - s.useful_share.p50) < 1e-9);
    }));
}

TEST(ReliabilityLaw, WithoutFailuresProgressIsALineWithItsCheckpoints) {
    FleetJob job = exponential_job({}, 10 * unit::s, {}, 30 * unit::day);
    job.checkpoints.period = 25 * unit::minute;
    const Seconds cycle = job.checkpoints.period + 10 * unit::s;
    for (const ProgressPoint& p : simulate_job(job, {.replications = 3}).progress) {
        const double whole = std::floor(p.at / cycle);
        const Seconds part = min(p.at - whole * cycle, job.checkpoints.period);
        const double line = (whole * job.checkpoints.period + part).si();
        for (const Seconds figure : {p.mean, p.p5, p.p50, p.p95}) {
            EXPECT_NEAR(figure.si(), line, 1e-5);
        }
    }
}

TEST(ReliabilityLaw, SimulationOfExponentialFailuresIsTheClosedForm) {
    for (const double minutes : {18.0, 185.6}) {
        for (const double cost : {1.0, 60.0}) {
            for (const double restart : {0.5, 10.0}) {
                const FleetJob job =
                    exponential_job(minutes * unit::minute, cost * unit::s, restart * unit::minute);
                EXPECT_NEAR(share_by_simulation(job, 200), closed_share(job).value(), 0.005)
                    << minutes << " min, " << cost << " s, " << restart << " min";
            }
        }
    }
}

// A checkpoint that is written beside the job costs what a restart costs that is as much longer.
TEST(ReliabilityLaw, SimulationOfWritingBesideIsTheClosedForm) {
    for (const double minutes : {20.0, 200.0}) {
        for (const double writing : {20.0, 240.0}) {
            FleetJob job = exponential_job(minutes * unit::minute, 2 * unit::s, 3 * unit::minute);
            const double without = closed_share(job).value();
            job.checkpoints.period = 5 * unit::minute;
            job.checkpoints.levels[0].writing = writing * unit::s;
            const double share = closed_share(job).value();
            EXPECT_LT(share, without);
            EXPECT_NEAR(share_by_simulation(job, 400), share, 0.004) << minutes << ", " << writing;
            FleetJob longer = job;
            longer.checkpoints.levels[0].writing = {};
            longer.path.reschedule.mean += writing * unit::s;
            EXPECT_DOUBLE_EQ(closed_share(longer).value(), share);
            job.checkpoints.levels[0].writing = 6 * unit::minute;  // longer than the period
            EXPECT_FALSE(closed_share(job));
        }
    }
}

// Recoveries that are not constant have a closed form too, by their Laplace transform.
TEST(ReliabilityLaw, SimulationOfRandomRecoveriesIsTheClosedForm) {
    FleetJob job = exponential_job(1 * unit::hour, 10 * unit::s, {});
    job.path.detect = {TimeLawKind::exponential, 2 * unit::minute, 1};
    job.path.reschedule = {TimeLawKind::lognormal, 8 * unit::minute, 2};
    job.checkpoints.levels[0].load = constantly(1 * unit::minute);
    EXPECT_NEAR(share_by_simulation(job, 400), closed_share(job).value(), 0.005);
}

TEST(ReliabilityLaw, SimulationOfReplicasIsTheClosedForm) {
    for (const std::int64_t replicas : {8, 64}) {
        for (const double repair : {0.0, 30.0}) {
            FleetJob job = exponential_job(18 * unit::minute, 10 * unit::s, 10 * unit::minute);
            job.policy = RecoveryPolicy::replica_drop;
            job.replicas = replicas;
            job.path.stall = constantly(3 * unit::minute);
            job.rejoin = constantly(repair * unit::minute);
            job.checkpoints.period = closed_best_period(job);
            const auto closed = closed_share(job);
            ASSERT_TRUE(closed) << replicas << " " << repair;
            EXPECT_NEAR(share_by_simulation(job, 200), *closed, 0.005) << replicas << " " << repair;
        }
    }
}

TEST(ReliabilityLaw, AStandbyThatIsAlwaysThereIsARestartOfItsStall) {
    FleetJob job = exponential_job(1 * unit::hour, 10 * unit::s, 10 * unit::minute);
    job.policy = RecoveryPolicy::standby;
    FleetJob restart = exponential_job(1 * unit::hour, 10 * unit::s, 2 * unit::minute);
    EXPECT_NEAR(closed_share(job).value(), closed_share(restart).value(), 1e-12);
    EXPECT_NEAR(share_by_simulation(job, 200), closed_share(job).value(), 0.005);
}

TEST(ReliabilityLaw, MoreFailuresLongerRestartsAndMoreChipsAreNeverBetter) {
    EXPECT_TRUE(rc::check("the closed form falls with rate, restart, cost", [] {
        const FleetJob job = any_exponential();
        const double share = closed_share(job).value();
        FleetJob worse = job;
        worse.causes[0].rate = 1.3 * worse.causes[0].rate;  // as many more chips would
        worse.checkpoints.period = closed_best_period(worse);
        RC_ASSERT(closed_share(worse).value() <= share + 1e-12);
        worse = job;
        worse.path.reschedule.mean += 30 * unit::s;
        RC_ASSERT(closed_share(worse).value() <= share + 1e-12);
        worse = job;
        worse.checkpoints.levels[0].blocking += 5 * unit::s;
        worse.checkpoints.period = closed_best_period(worse);
        RC_ASSERT(closed_share(worse).value() <= share + 1e-12);
    }));
}

TEST(ReliabilityLaw, SoIsTheSimulationOnAverage) {
    const FleetJob job = rich_job();
    const double share = share_by_simulation(job);
    FleetJob worse = job;
    for (FailureCause& cause : worse.causes) cause.rate = 1.5 * cause.rate;
    EXPECT_LT(share_by_simulation(worse), share);
    worse = job;
    worse.path.reschedule.mean += 5 * unit::minute;
    EXPECT_LT(share_by_simulation(worse), share);
}

TEST(ReliabilityLaw, SparesAndSoonerDetectionNeverHurtOnAverage) {
    FleetJob job = rich_job();
    double before = 0;
    for (const std::int64_t spares : {5, 30, 60}) {
        job.pool->spares = spares;
        const double share = share_by_simulation(job, 128);
        EXPECT_GE(share, before - 0.002) << spares;
        before = share;
    }
    for (const double minutes : {20.0, 5.0, 0.0}) {
        job.path.detect = constantly(minutes * unit::minute);
        const double share = share_by_simulation(job, 128);
        if (minutes < 20) {
            EXPECT_GT(share, before) << minutes;
        }
        before = share;
    }
}

TEST(ReliabilityLaw, WithoutFailuresTheJobHasThePlansOwnTime) {
    for (const RecoveryPolicy policy :
         {RecoveryPolicy::restart, RecoveryPolicy::standby, RecoveryPolicy::replica_drop,
          RecoveryPolicy::elastic, RecoveryPolicy::hot_update}) {
        FleetJob job = exponential_job({}, 10 * unit::s, 10 * unit::minute);
        job.policy = policy;
        job.replicas = policy == RecoveryPolicy::replica_drop ? 8 : 1;
        EXPECT_EQ(share_by_simulation(job, 2), 1) << name_of(policy);
    }
}

// AIReSim's default scenario: 4,096 servers with 16 standbys and 200 spares, of which 15 % fail
// five times as often; a spare is free after 20 minutes, a repair takes two hours, four in five go
// on by hand for two days, and 40 and 20 % of them mend nothing. The rate is that of RSC-1.
FleetJob airesim() {
    FleetJob job = exponential_job(1 * unit::hour, 10 * unit::s, 10 * unit::minute);
    job.servers = 4096;
    job.causes[0].rate = EventRate::from_si(6.5 / 1000 * 4096 / 86400);
    job.policy = RecoveryPolicy::standby;
    job.lemons = {.share = 0.15, .factor = 5};
    job.pool = SparePool{.standbys = 16, .spares = 200, .wait = constantly(20 * unit::minute)};
    job.repair = {.automatic = constantly(2 * unit::hour),
                  .goes_on = 0.8,
                  .manual = constantly(2 * unit::day),
                  .fails_automatic = 0.4,
                  .fails_manual = 0.2};
    job.checkpoints.period = closed_best_period(job);
    return job;
}

TEST(ReliabilityLaw, AIReSimsScenarioFollowsItsLevers) {
    const FleetJob job = airesim();
    const SimulatedJob usual = simulate_job(job, {.replications = 48});
    // cured lemons fail less often: fewer failures than the rate of the mixture says
    EXPECT_LT(usual.interruptions.mean, 30 * 6.5 * 4.096);
    EXPECT_GT(usual.interruptions.mean, 30 * 6.5 * 4.096 / 1.6);
    FleetJob change = job;
    change.repair.fails_automatic = change.repair.fails_manual = 0;
    EXPECT_LT(simulate_job(change, {.replications = 48}).interruptions.mean,
              usual.interruptions.mean);
    change = job;
    change.pool->standbys = 0;
    EXPECT_LT(share_by_simulation(change, 48), usual.useful_share.mean);
    change = job;
    change.pool->spares = 0;
    change.pool->standbys = 8;
    const SimulatedJob few = simulate_job(change, {.replications = 48});
    EXPECT_GT(few.stock_outs, 1);
    EXPECT_LT(few.useful_share.mean, usual.useful_share.mean);
    change = job;
    change.repair.manual = constantly(20 * unit::day);
    EXPECT_LE(share_by_simulation(change, 48), usual.useful_share.mean + 0.001);
}

}  // namespace TEST_FILE
}  // namespace millwright
