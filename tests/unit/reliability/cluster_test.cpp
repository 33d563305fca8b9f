// Small clusters of which everything can be reckoned by hand.
#include <gtest/gtest.h>

#include "millwright/base/require.h"
#include "millwright/reliability/cluster.h"

namespace millwright {
namespace TEST_FILE {

ClusterJob job(double arrival, std::int64_t chips, double work, std::int32_t priority = 0) {
    return {
        .arrival = arrival * unit::s, .chips = chips, .work = work * unit::s, .priority = priority};
}

/// Two servers of four chips, one domain.
ClusterLoad load_of(std::vector<ClusterJob> jobs) {
    ClusterLoad load{.cluster = {.servers = 2, .chips_per_server = 4, .servers_per_domain = 2},
                     .jobs = std::move(jobs)};
    load.rules.backfill = Backfill::none;
    load.until = 1 * unit::day;
    return load;
}

std::vector<double> starts(const ClusterTally& tally) {
    std::vector<double> list;
    for (const JobFate& fate : tally.fates) list.push_back(fate.start.si());
    return list;
}

double use(const ClusterTally& tally, ChipUse which) {
    return tally.uses[static_cast<std::size_t>(which)].si();
}

using Times = std::vector<double>;

TEST(Cluster, InOrderNobodyPassesTheFirst) {
    const ClusterLoad load = load_of({job(0, 4, 100), job(1, 8, 10), job(2, 4, 10)});
    const ClusterTally tally = run_cluster(load, 1, 0);
    EXPECT_EQ(starts(tally), (Times{0, 100, 110}));
    EXPECT_EQ(tally.window, 120 * unit::s);
    EXPECT_EQ(use(tally, ChipUse::useful), 400 + 80 + 40);
    // 0 to 1 nobody waits; 1 to 2 the four chips are too few; from 2 on one waits that has a place
    EXPECT_EQ(use(tally, ChipUse::none_waiting), 4 + 40);
    EXPECT_EQ(use(tally, ChipUse::too_few), 4);
    EXPECT_EQ(use(tally, ChipUse::order), 4 * 98);
}

TEST(Cluster, EasyStartsWhoEndsByThePromiseOrBesideIt) {
    // the third ends before the first in line can have its servers, the fourth would not
    ClusterLoad load = load_of({job(0, 4, 100), job(1, 8, 10), job(2, 4, 90), job(3, 2, 98)});
    load.rules.backfill = Backfill::easy;
    ClusterTally tally = run_cluster(load, 1, 0);
    EXPECT_EQ(starts(tally), (Times{0, 100, 2, 110}));
    EXPECT_EQ(tally.fates[1].promised, 100 * unit::s);
    // on servers that are not promised anybody may start: the first in line needs one of two
    load = load_of({job(0, 3, 100), job(0, 3, 50), job(1, 4, 10), job(2, 1, 500)});
    load.rules.backfill = Backfill::easy;
    tally = run_cluster(load, 1, 0);
    EXPECT_EQ(starts(tally), (Times{0, 0, 50, 2}));
    // with no depth nobody behind the first is looked at
    load.rules.depth = 0;
    EXPECT_EQ(starts(run_cluster(load, 1, 0)), (Times{0, 0, 50, 50}));
}

TEST(Cluster, ShortestAndPrioritiesGoFirst) {
    std::vector<ClusterJob> jobs{job(0, 8, 10), job(1, 8, 30), job(2, 8, 20), job(3, 8, 40, 1)};
    ClusterLoad load = load_of(jobs);
    load.rules.order = JobOrder::shortest;
    EXPECT_EQ(starts(run_cluster(load, 1, 0)), (Times{0, 70, 50, 10}));
}

TEST(Cluster, FairGivesTheQueueThatHadLeast) {
    std::vector<ClusterJob> jobs{job(0, 8, 10), job(1, 8, 10), job(2, 8, 10), job(3, 8, 10)};
    jobs[3].queue = 1;
    ClusterLoad load = load_of(jobs);
    load.rules.order = JobOrder::fair;
    EXPECT_EQ(starts(run_cluster(load, 1, 0)), (Times{0, 20, 30, 10}));
}

TEST(Cluster, WhoIsStoppedSavesAndLosesNothing) {
    ClusterLoad load = load_of({job(0, 8, 100), job(10, 4, 20, 1)});
    load.rules.preempts = true;
    load.failures = {.restart = 5 * unit::s, .period = 1000 * unit::day, .cost = 2 * unit::s};
    const ClusterTally tally = run_cluster(load, 1, 0);
    // stopped at 10, saved at 12; the other is done at 32, and 5 + 90 s more are done at 127
    EXPECT_EQ(tally.fates[1].start, 12 * unit::s);
    EXPECT_NEAR(tally.fates[0].end.si(), 127, 1e-4);
    EXPECT_EQ(tally.fates[0].preemptions, 1);
    EXPECT_EQ(tally.fates[0].interruptions, 0);
    EXPECT_EQ(tally.fates[0].lost, Seconds{});
    EXPECT_NEAR(tally.fates[0].queued.si(), 20, 1e-4);
    EXPECT_NEAR(use(tally, ChipUse::restart), 8 * 5, 1e-6);
    EXPECT_NEAR(use(tally, ChipUse::checkpoint), 8 * 2, 1e-3);
    EXPECT_NEAR(use(tally, ChipUse::useful), 8 * 100 + 4 * 20, 1e-6);
}

TEST(Cluster, WhoIsProtectedIsStoppedLater) {
    ClusterLoad load = load_of({job(0, 8, 100), job(10, 4, 20, 1)});
    load.rules.preempts = true;
    load.rules.protects = 30 * unit::s;
    EXPECT_EQ(run_cluster(load, 1, 0).fates[1].start, 30 * unit::s);
    load.jobs[1].priority = 0;  // of its own priority nobody is stopped
    EXPECT_EQ(run_cluster(load, 1, 0).fates[1].start, 100 * unit::s);
}

TEST(Cluster, TheLastOfTheLowestAreStoppedAndNoMoreThanNeeded) {
    ClusterLoad load = load_of({job(0, 4, 100), job(1, 4, 100), job(2, 4, 10, 1)});
    load.rules.preempts = true;
    const ClusterTally tally = run_cluster(load, 1, 0);
    EXPECT_EQ(tally.fates[0].preemptions, 0);
    EXPECT_EQ(tally.fates[1].preemptions, 1);
    EXPECT_EQ(tally.fates[2].start, 2 * unit::s);
}

TEST(Cluster, PackingLeavesServersWhole) {
    ClusterLoad load = load_of({job(0, 2, 100), job(0, 2, 100), job(1, 4, 10)});
    EXPECT_EQ(run_cluster(load, 1, 0).fates[2].start, 1 * unit::s);
    load.rules.placement = ServerChoice::spread;
    const ClusterTally tally = run_cluster(load, 1, 0);
    EXPECT_EQ(tally.fates[2].start, 100 * unit::s);
    EXPECT_EQ(use(tally, ChipUse::scattered), 4 * 99);
}

TEST(Cluster, LargeJobsTakeWholeServersAndOneDomainBinds) {
    ClusterLoad load = load_of({job(0, 6, 10)});
    const ClusterTally tally = run_cluster(load, 1, 0);
    EXPECT_EQ(use(tally, ChipUse::rounding), 2 * 10);
    EXPECT_EQ(use(tally, ChipUse::useful), 6 * 10);
    // four servers in two domains: one of each is taken, so that no domain has two
    load = load_of({job(0, 4, 100), job(0, 4, 100), job(1, 8, 10)});
    load.cluster.servers = 4;
    load.rules.placement = ServerChoice::spread;
    EXPECT_EQ(run_cluster(load, 1, 0).fates[2].start, 1 * unit::s);
    load.jobs[2].one_domain = true;
    const ClusterTally bound = run_cluster(load, 1, 0);
    EXPECT_EQ(bound.fates[2].start, 100 * unit::s);
    EXPECT_EQ(use(bound, ChipUse::scattered), 8 * 99);
    load.rules.placement = ServerChoice::pack;
    EXPECT_EQ(run_cluster(load, 1, 0).fates[2].start, 1 * unit::s);
}

TEST(Cluster, AFailureLosesWorkSinceTheCheckpoint) {
    ClusterLoad load = load_of({job(0, 8, 50000)});
    load.failures = {.rate = EventRate::from_si(1e-4),
                     .repair = constantly(60 * unit::s),
                     .restart = 30 * unit::s,
                     .period = 100 * unit::s,
                     .cost = 10 * unit::s};
    load.until = 100 * unit::day;
    const ClusterTally tally = run_cluster(load, 1, 0);
    const JobFate& fate = tally.fates[0];
    ASSERT_TRUE(fate.ended);
    EXPECT_GT(fate.interruptions, 3);
    EXPECT_EQ(fate.useful, 50000 * unit::s);
    EXPECT_LT(fate.lost, 100.0 * fate.interruptions * unit::s);
    // all of it: work at its pace, what was lost, repairs, restarts
    const double times = fate.interruptions;
    EXPECT_NEAR(fate.end.si(), (50000 + fate.lost.si()) * 1.1 + times * (60 + 30),
                times * 90);  // a failure may strike a restart, or a server while another is away
    EXPECT_GT(use(tally, ChipUse::repair), 0);
}

TEST(Cluster, TheRunEndsWhenItMust) {
    ClusterLoad load = load_of({job(0, 8, 1000), job(1, 8, 10)});
    load.until = 100 * unit::s;
    const ClusterTally tally = run_cluster(load, 1, 0);
    EXPECT_FALSE(tally.fates[0].ended);
    EXPECT_EQ(tally.fates[0].useful, 100 * unit::s);
    EXPECT_FALSE(tally.fates[1].started);
    EXPECT_EQ(tally.fates[1].queued, 99 * unit::s);
    EXPECT_EQ(tally.window, 100 * unit::s);
}

TEST(Cluster, BrokenContractsAreLoud) {
    EXPECT_THROW(run_cluster(load_of({}), 1, 0), BrokenContract);
    EXPECT_THROW(run_cluster(load_of({job(0, 9, 1)}), 1, 0), BrokenContract);
    EXPECT_THROW(run_cluster(load_of({job(1, 1, 1), job(0, 1, 1)}), 1, 0), BrokenContract);
    EXPECT_THROW(run_cluster(load_of({job(0, 1, 0)}), 1, 0), BrokenContract);
}

}  // namespace TEST_FILE
}  // namespace millwright
