// Laws of many jobs on one cluster.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "millwright/reliability/cluster_figures.h"

namespace millwright {
namespace TEST_FILE {

/// Jobs of all kinds on a small cluster, whose times are whole seconds.
ClusterLoad any_load() {
    ClusterLoad load{.cluster = {.servers = *rc::gen::inRange(2, 12),
                                 .chips_per_server = *rc::gen::inRange(1, 9),
                                 .servers_per_domain = *rc::gen::inRange(1, 5)}};
    load.until = 1000 * unit::day;
    const int count = *rc::gen::inRange(1, 60);
    Seconds arrival;
    for (int i = 0; i < count; ++i) {
        arrival += *rc::gen::inRange(0, 60) * unit::s;
        ClusterJob job{.arrival = arrival,
                       .chips = *rc::gen::inRange<std::int64_t>(1, load.cluster.chips() + 1),
                       .work = *rc::gen::inRange(1, 600) * unit::s,
                       .priority = *rc::gen::inRange(0, 3),
                       .queue = *rc::gen::inRange<std::uint32_t>(0, 4),
                       .one_domain = *rc::gen::inRange(0, 3) == 0};
        job.one_domain = job.one_domain && fits_cluster(load.cluster, job);
        load.jobs.push_back(job);
    }
    load.rules = {.order = static_cast<JobOrder>(*rc::gen::inRange(0, 3)),
                  .backfill = static_cast<Backfill>(*rc::gen::inRange(0, 2)),
                  .depth = *rc::gen::inRange(0, 20),
                  .preempts = *rc::gen::arbitrary<bool>(),
                  .protects = *rc::gen::inRange(0, 100) * unit::s,
                  .placement = static_cast<ServerChoice>(*rc::gen::inRange(0, 2))};
    return load;
}

ClusterFailures any_failures() {
    ClusterFailures failures{.rate = EventRate::from_si(1.0 / *rc::gen::inRange(2000, 50000)),
                             .repair = constantly(*rc::gen::inRange(0, 300) * unit::s),
                             .restart = *rc::gen::inRange(0, 30) * unit::s,
                             .cost = *rc::gen::inRange(0, 5) * unit::s};
    if (*rc::gen::arbitrary<bool>()) failures.period = *rc::gen::inRange(1, 300) * unit::s;
    return failures;
}

TEST(ClusterLaw, TheTimeOfChipsIsConserved) {
    EXPECT_TRUE(rc::check("uses sum to chips x window, none is negative, work is done once", [] {
        ClusterLoad load = any_load();
        if (*rc::gen::arbitrary<bool>()) load.failures = any_failures();
        if (*rc::gen::arbitrary<bool>()) load.window = *rc::gen::inRange(1, 9000) * unit::s;
        const auto seed = static_cast<std::uint64_t>(*rc::gen::inRange(0, 1000));
        const ClusterTally tally = run_cluster(load, seed, 0);
        const Seconds capacity = static_cast<double>(load.cluster.chips()) * tally.window;
        Seconds sum;
        for (const Seconds use : tally.uses) {
            RC_ASSERT(use >= -1e-6 * unit::s);
            sum += use;
        }
        RC_ASSERT(std::abs(sum / capacity - 1) < 1e-9);
        for (std::size_t i = 0; i < load.jobs.size(); ++i) {
            const JobFate& fate = tally.fates[i];
            RC_ASSERT(fate.ended);
            RC_ASSERT(std::abs(fate.useful / load.jobs[i].work - 1) < 1e-9);
            RC_ASSERT(fate.start >= load.jobs[i].arrival);
            RC_ASSERT(fate.end - fate.start >= load.jobs[i].work * (1 - 1e-9));
            RC_ASSERT(fate.queued >= fate.start - load.jobs[i].arrival);
        }
    }));
}

// A job of one queue that stopped another queue's would see it come first again, by turns without
// end: at one time where saving is free, else in starts that bring nothing.
TEST(ClusterLaw, QueuesByTurnsDoNotStopEachOther) {
    for (const Seconds cost : {Seconds{}, 5 * unit::s}) {
        ClusterLoad load{.cluster = {.servers = 1, .chips_per_server = 4}};
        load.jobs = {
            {.chips = 4, .work = 100 * unit::s, .queue = 0},
            {.arrival = 1 * unit::s, .chips = 4, .work = 100 * unit::s, .priority = 1, .queue = 1}};
        load.rules = {.order = JobOrder::fair, .preempts = true};
        load.failures.cost = cost;
        load.until = 1 * unit::day;
        const ClusterTally tally = run_cluster(load, 1, 0);
        EXPECT_EQ(tally.fates[0].preemptions, 0);
        EXPECT_EQ(tally.fates[0].end, 100 * unit::s);
        load.jobs[1].queue = 0;
        EXPECT_EQ(run_cluster(load, 1, 0).fates[0].preemptions, 1);
    }
}

TEST(ClusterLaw, EasyKeepsItsPromises) {
    EXPECT_TRUE(
        rc::check("nobody starts later than first promised, where nothing fails or is stopped", [] {
            ClusterLoad load = any_load();
            load.rules.order = JobOrder::fifo;
            load.rules.preempts = false;
            load.rules.backfill = Backfill::easy;
            for (ClusterJob& job : load.jobs) job.priority = 0;
            const ClusterTally easy = run_cluster(load, 1, 0);
            load.rules.backfill = Backfill::none;
            const ClusterTally fifo = run_cluster(load, 1, 0);
            bool first = true;
            for (std::size_t i = 0; i < load.jobs.size(); ++i) {
                const JobFate& fate = easy.fates[i];
                if (fate.promised == Seconds{}) continue;
                RC_ASSERT(fate.start <= fate.promised);
                // up to the first that waits both are one; behind it others may come between
                if (std::exchange(first, false)) RC_ASSERT(fate.start <= fifo.fates[i].start);
            }
        }));
}

TEST(ClusterLaw, EnoughChipsAndNoFailuresMeanNoWaits) {
    EXPECT_TRUE(rc::check("each job starts when it comes, with an ETTR of one", [] {
        ClusterLoad load = any_load();
        std::int64_t servers = 0;
        for (ClusterJob& job : load.jobs) {
            job.one_domain = false;
            servers += job.chips / load.cluster.chips_per_server + 1;
        }
        load.cluster.servers = servers;
        const ClusterFigures figures = simulate_cluster(load, {.replications = 1});
        RC_ASSERT(figures.all.wait == Seconds{});
        RC_ASSERT(figures.all.queued == Seconds{});
        RC_ASSERT(std::abs(figures.all.ettr - 1) < 1e-9);
        RC_ASSERT(figures.all.interruptions + figures.all.preemptions == 0);
    }));
}

/// Jobs of one chip that come by a Poisson process and take exponential times.
ClusterLoad queue_of(std::int64_t chips, double load_share, std::uint64_t seed) {
    ClusterLoad load{.cluster = {.servers = chips, .chips_per_server = 1}};
    load.until = 1e6 * unit::day;
    Seconds arrival;
    for (std::uint64_t i = 0; i < 200'000; ++i) {
        Draw draw(seed, 1, i);
        load.jobs.push_back({.arrival = arrival,
                             .chips = 1,
                             .work = Seconds::from_si(draw.exponential(100) + 1e-9)});
        arrival +=
            Seconds::from_si(draw.exponential(100 / (load_share * static_cast<double>(chips))));
    }
    return load;
}

/// Erlang's C: the chance to wait for one of k, each busy for a share of the time.
double erlang_c(std::int64_t k, double share) {
    const double offered = share * static_cast<double>(k);
    double blocked = 1;  // Erlang's B, by its recursion
    for (std::int64_t i = 1; i <= k; ++i) {
        blocked = offered * blocked / (static_cast<double>(i) + offered * blocked);
    }
    return blocked / (1 - share * (1 - blocked));
}

TEST(ClusterLaw, JobsOfOneChipWaitAsErlangSays) {
    for (const std::int64_t chips : {1, 4, 20}) {
        for (const double share : {0.5, 0.8}) {
            const ClusterFigures f = simulate_cluster(queue_of(chips, share, 7), {});
            const double mean =
                erlang_c(chips, share) * 100 / (static_cast<double>(chips) * (1 - share));
            EXPECT_NEAR(f.all.wait.si(), mean, 0.05 * mean + 0.1) << chips << " " << share;
        }
    }
}

/// A busy cluster with failures.
ClusterLoad failing_load(double failures_a_day) {
    ClusterLoad load{.cluster = {.servers = 32, .servers_per_domain = 4}};
    load.until = 1000 * unit::day;
    load.failures = {.rate = EventRate::from_si(failures_a_day / 32 / 86400),
                     .repair = constantly(4 * unit::hour),
                     .restart = 10 * unit::minute,
                     .cost = 20 * unit::s};
    Seconds arrival;
    for (std::uint64_t i = 0; i < 400; ++i) {
        Draw draw(5, 2, i);
        const std::int64_t chips = std::int64_t{1} << draw.below(8);
        load.jobs.push_back({.arrival = arrival,
                             .chips = chips,
                             .work = Seconds::from_si(draw.exponential(20000) + 1),
                             .priority = static_cast<std::int32_t>(draw.below(2))});
        arrival += Seconds::from_si(draw.exponential(3000));
    }
    load.window = arrival;
    return load;
}

TEST(ClusterLaw, MoreFailuresNeverHelpOnAverage) {
    double before = 1;
    for (const double failures : {0.0, 2.0, 8.0, 32.0}) {
        const ClusterFigures f = simulate_cluster(failing_load(failures), {.replications = 24});
        EXPECT_LE(f.goodput.mean, before) << failures;
        EXPECT_LE(f.goodput.p5, f.goodput.p95);
        before = f.goodput.mean;
    }
}

TEST(ClusterLaw, ThreadsDoNotChangeABit) {
    const ClusterLoad load = failing_load(8);
    const ClusterFigures one = simulate_cluster(load, {.replications = 6, .threads = 1});
    const ClusterFigures two = simulate_cluster(load, {.replications = 6, .threads = 2});
    EXPECT_EQ(one.goodput.mean, two.goodput.mean);
    EXPECT_EQ(one.all.wait, two.all.wait);
    EXPECT_EQ(one.chip_time.value, two.chip_time.value);
    EXPECT_EQ(one.failures, two.failures);
}

}  // namespace TEST_FILE
}  // namespace millwright
