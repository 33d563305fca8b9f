// Replicas under one clock: pools of their own for prompts and answers are two queues and a link
// between them; routers, caches below the chips, failures and autoscaling move requests, not what
// is counted.
#include "millwright/serve/cluster.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/serve/cache_links.h"
#include "millwright/serve/layouts.h"
#include "millwright/serve/traffic.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

Seconds ms(double n) { return n * unit::ms; }

/// Two servers of prompts, one at a time each, and one of answers; a step takes a millisecond.
Cluster pools(double gigabytes_a_second = 1e9) {
    Replica prompts = steady_replica();
    prompts.engine.max_sequences = 1;
    Cluster p{.pools = {{prompts, 2}, {steady_replica(), 1}}, .between = plain_network(3, 1)};
    p.between.outer.per_chip = gigabytes_a_second * unit::GBps;
    return p;
}

RequestsAnew requests(double rate, std::int64_t prompt = 64, std::int64_t output = 9) {
    RequestTraffic traffic;
    traffic.requests = 2000;
    traffic.arrivals.rate = RequestRate::from_si(rate);
    traffic.tenants.front().prompt = FixedLength{prompt};
    traffic.tenants.front().output = FixedLength{output};
    return [traffic] { return requests_of(traffic).value(); };
}

struct Both {
    ClusterOutcome outcome;
    std::vector<ServedRequest> all;
};

Seconds sent_in(const Cluster& p, double tokens) {
    return transfer_time(p.pools[0], p.pools[1], p.between, tokens, {});
}

Both run(const Cluster& p, const RequestsAnew& source, const ServeLoad& load = {}) {
    FleetRecord record{.requests = true};
    Both r{simulate_cluster(p, load, {}, source(), &record), {}};
    r.all = std::move(record.served);
    EXPECT_EQ(record.first.whole, true);
    return r;
}

TEST(Cluster, NothingIsLostAndTimesAreInOrder) {
    const Both r = run(pools(), requests(900));
    ASSERT_EQ(r.all.size(), 2000U);
    EXPECT_EQ(r.outcome.all.requests, 2000U);
    EXPECT_EQ(r.outcome.all.completed, 2000U);
    EXPECT_EQ(r.outcome.all.output_tokens, 2000 * 9);
    EXPECT_EQ(r.outcome.all.input_tokens, 2000 * 64);
    for (std::size_t i = 0; i < r.all.size(); ++i) {
        const ServedRequest& one = r.all[i];
        EXPECT_EQ(one.index, i);
        EXPECT_LE(one.arrival, one.scheduled);
        EXPECT_LT(one.scheduled, one.first_token);
        EXPECT_LT(one.first_token, one.end);
    }
}

// The first queue is that of the prompts alone; the second takes eight steps, the first of which
// may wait for one under way.
TEST(Cluster, AnInfiniteLinkLeavesTwoQueuesInSeries) {
    const Both r = run(pools(), requests(900));
    FleetRecord record{.requests = true};
    simulate_fleet(pools().pools[0], {}, {}, requests(900, 64, 1), 1, &record);
    const std::vector<ServedRequest>& alone = record.served;
    ASSERT_EQ(alone.size(), r.all.size());
    for (std::size_t i = 0; i < alone.size(); ++i) {
        EXPECT_EQ(r.all[i].first_token, alone[i].first_token);
        const double rest = (r.all[i].end - r.all[i].first_token).in(unit::ms);
        EXPECT_GE(rest, 8 - 1e-6);
        EXPECT_LE(rest, 9 + 1e-6);
    }
    EXPECT_LT(r.outcome.transfer.most(), ms(0.001));
}

TEST(Cluster, ASlowLinkHoldsAnswersBackNotFirstTokens) {
    const Both fast = run(pools(), requests(300));
    const Both slow = run(pools(0.01), requests(300));  // 64 tokens of 64 B take 0.4 ms
    for (std::size_t i = 0; i < fast.all.size(); ++i) {
        EXPECT_EQ(slow.all[i].first_token, fast.all[i].first_token);
    }
    EXPECT_GT(slow.outcome.all.latency.mean(), fast.outcome.all.latency.mean());
    const Both slower = run(pools(0.001), requests(200));  // 4.1 ms, of which a step hides one
    EXPECT_GT(slower.outcome.transfer.mean(), slow.outcome.transfer.mean());
    EXPECT_GE(slower.outcome.transfer.least(), 0.99 * (sent_in(pools(0.001), 64) - ms(1)));
    EXPECT_GT(slower.outcome.transfer.mean(), 1.2 * slower.outcome.transfer.least());  // in a queue
}

// One cache at a time: as many a second as the link carries, however much prompts hide.
TEST(Cluster, ALinkCarriesNoMoreThanItsRate) {
    const Cluster p = pools(0.002);  // 2 ms for a cache, of which a step hides one
    const Both r = run(p, requests(900));
    const double each = sent_in(p, 64).si();
    EXPECT_LE(r.outcome.all.requests_per_s(), 1.01 / each);
    EXPECT_GT(r.outcome.transfer.most(), 20 * sent_in(p, 64));
}

/// Four replicas of prompts and twelve of answers on chips in domains of eight.
TEST(CacheLinks, ADomainsLinksCarryWhatStaysWithin) {
    Network between = plain_network(16, 8);
    between.inner.per_chip = 100 * unit::GBps;
    between.outer.per_chip = 10 * unit::GBps;
    const Fleet from{steady_replica(), 4}, to{steady_replica(), 12};
    const auto time = [&](CacheWay way) { return transfer_time(from, to, between, 1e9, way); };
    EXPECT_EQ(time({3, 0}), time({0, 3}));
    EXPECT_NEAR(time({0, 4}) / time({0, 3}), 10, 0.1);
    EXPECT_EQ(time({0, 4}), time({3, 11}));
}

TEST(CacheLinks, AnAttentionRankHoldsASequenceAlone) {
    const auto time = [](ServeWays ways) {
        const Fleet pool{with_ways(steady_replica(), ways), 1};
        return transfer_time(pool, pool, plain_network(16, 1), 1e9, {});
    };
    const Seconds one = time({});
    EXPECT_NEAR(one / time({.tensor = 4}), 4, 0.05);
    EXPECT_EQ(time({.attention_data = 4}), one);
}

TEST(Cluster, AnswersOfOneTokenNeedNoSecondPool) {
    const Both r = run(pools(), requests(300, 64, 1));
    EXPECT_EQ(r.outcome.pools[1].requests, 0U);
    EXPECT_EQ(r.outcome.all.completed, 2000U);
    EXPECT_EQ(r.outcome.transfer.count(), 0);
}

TEST(Cluster, AClosedLoopKeepsAsManyThere) {
    for (const std::int64_t there : {1, 4, 16}) {
        const Both r = run(pools(), requests(1), {.concurrency = there});
        const ServeOutcome& o = r.outcome.all;
        const double mean = o.requests_per_s() * o.latency.mean().si();
        EXPECT_NEAR(mean / static_cast<double>(there), 1, 0.05) << there;
    }
}

// Some are always there: those of the loop, less what the last ones leave at the end.
TEST(Cluster, PercentilesOfAClosedLoopAreItsOwn) {
    const Both r = run(pools(), requests(1), {.concurrency = 2});
    // two prompts side by side and two answers in step: nobody waits for long
    for (const ServedRequest& one : r.all) {
        EXPECT_LE((one.end - one.arrival).in(unit::ms), 11);
        EXPECT_GE((one.end - one.arrival).in(unit::ms), 9 - 1e-6);
    }
}

// Caches that are on their way are not there yet, and must not all be meant for one lane.
TEST(Cluster, RanksOfAPoolShareWhatComesAtOnce) {
    Cluster c = pools(0.01);
    Replica& answers = c.pools[1].replica;
    answers.ways.attention_data = 4;
    answers.engine.max_sequences = 4;
    const Both r = run(c, requests(1), {.concurrency = 16});
    for (const ServedRequest& one : r.all) {  // none waits behind another's whole answer
        EXPECT_LE((one.end - one.first_token).in(unit::ms), 16 * 0.41 + 2 * 8 + 1);
    }
}

TEST(Cluster, ACacheThatGoesAsAWholeComesLater) {
    Cluster whole = pools(0.01), layers = pools(0.01);
    whole.by_layers = false;
    const Both a = run(whole, requests(200)), b = run(layers, requests(200));
    EXPECT_GT(a.outcome.transfer.mean(), b.outcome.transfer.mean());
    EXPECT_GE(a.outcome.transfer.least(), 0.99 * sent_in(whole, 64));
}

/// Servers of one request at a time.
Cluster servers(std::int64_t count, RouterKind kind) {
    Replica one = steady_replica();
    one.engine.max_sequences = 1;
    Cluster c{.pools = {{one, count}}};
    c.router.kind = kind;
    return c;
}

RequestsAnew random_work(double rate, std::uint64_t seed) {
    RequestTraffic traffic;
    traffic.requests = 20'000;
    traffic.arrivals.rate = RequestRate::from_si(rate);
    traffic.tenants.front().prompt = FixedLength{8};
    traffic.tenants.front().output = read_lengths("lognormal(40,1)", "test").value();
    traffic.seed = seed;
    return [traffic] { return requests_of(traffic).value(); };
}

Seconds queue_of(RouterKind kind, std::uint64_t seed) {
    return simulate_cluster(servers(8, kind), {}, {}, random_work(160, seed)()).all.queue.mean();
}

// Known of queues: one that sees both of two drawn waits far less than turns, and the shortest of
// all less still (Mitzenmacher 2001).
TEST(Cluster, RoutersThatSeeMoreWaitLess) {
    const Seconds turns = queue_of(RouterKind::round_robin, 1);
    const Seconds two = queue_of(RouterKind::power_of_two, 1);
    const Seconds least = queue_of(RouterKind::least_loaded, 1);
    EXPECT_LT(two, 0.7 * turns);
    EXPECT_LT(least, two);
}

TEST(Cluster, TurnsOfOneReplicaAreThatReplica) {
    for (const RouterKind kind :
         {RouterKind::round_robin, RouterKind::least_loaded, RouterKind::power_of_two,
          RouterKind::session, RouterKind::prefix}) {
        const auto source = random_work(15, 3);
        const ServeOutcome alone = simulate(servers(1, kind).pools[0].replica, {}, {}, source());
        const ServeOutcome routed = simulate_cluster(servers(1, kind), {}, {}, source()).all;
        EXPECT_EQ(alone.seconds, routed.seconds);
        EXPECT_EQ(alone.latency.mean(), routed.latency.mean());
    }
}

TEST(Cluster, BeyondAReplicasLimitRequestsAreRejected) {
    Cluster c = servers(2, RouterKind::least_loaded);
    c.router.most_each = 3;
    const ClusterOutcome o = simulate_cluster(c, {}, {}, random_work(100, 4)());
    EXPECT_GT(o.rejected, 0U);
    EXPECT_EQ(o.all.dropped, o.rejected);
    EXPECT_EQ(o.all.completed + o.all.dropped, o.all.requests);
    EXPECT_LE(o.all.queue.most(), 2 * 4000 * unit::ms);
    EXPECT_FALSE(o.all.saturated);
}

TEST(Cluster, WhatAFailedReplicaHadGoesToOthers) {
    Cluster c = servers(4, RouterKind::least_loaded);
    c.failures = {.mean_between = 10 * unit::s, .repair = 1 * unit::s, .seed = 7};
    const ClusterOutcome failing = simulate_cluster(c, {}, {}, random_work(60, 5)());
    EXPECT_GT(failing.failures, 50U);
    EXPECT_GT(failing.moved, 20U);
    EXPECT_EQ(failing.all.completed, failing.all.requests);
    c.failures = {};
    const ClusterOutcome sound = simulate_cluster(c, {}, {}, random_work(60, 5)());
    EXPECT_EQ(sound.failures, 0U);
    EXPECT_EQ(sound.all.output_tokens, failing.all.output_tokens);
    EXPECT_LT(sound.all.latency.mean(), failing.all.latency.mean());
}

TEST(Cluster, PoolsOutliveFailures) {
    Cluster c = pools(0.1);
    c.pools[1].replicas = 2;
    c.failures = {.mean_between = 0.5 * unit::s, .repair = 0.1 * unit::s, .seed = 1};
    const Both r = run(c, requests(500));
    EXPECT_GT(r.outcome.failures, 4U);
    EXPECT_GT(r.outcome.moved, 0U);
    EXPECT_EQ(r.outcome.all.completed, 2000U);
    EXPECT_EQ(r.outcome.all.output_tokens, 2000 * 9);
    for (const ServedRequest& one : r.all) EXPECT_LT(one.first_token, one.end);
}

// As many replicas as there is work for: by Little's law rate x time of one, at 60 % of their time.
TEST(Cluster, AutoscalingFollowsTheLoad) {
    Cluster c = servers(40, RouterKind::least_loaded);
    c.elasticity = {.least = 1,
                    .target = 0.7,
                    .interval = 1 * unit::s,
                    .cold_start = 2 * unit::s,
                    .settle = 10 * unit::s};
    const ClusterOutcome slow = simulate_cluster(c, {}, {}, random_work(50, 6)());
    const ClusterOutcome fast = simulate_cluster(c, {}, {}, random_work(300, 6)());
    EXPECT_EQ(slow.all.completed, 20'000U);
    EXPECT_GT(slow.mean_on[0], 50 * 0.04);  // a request takes 40 ms
    EXPECT_LT(slow.mean_on[0], 0.6 * fast.mean_on[0]);
    EXPECT_GT(fast.mean_on[0], 300 * 0.04);
    EXPECT_LT(fast.mean_on[0], 40);
    EXPECT_GT(fast.starts, 8U);
}

}  // namespace TEST_FILE
}  // namespace millwright
