// Pools of their own for prompts and answers: two queues and a link between them.
#include "millwright/serve/apart.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/serve/traffic.h"
#include "tests/serving.h"

namespace millwright {
namespace {

Seconds ms(double n) { return n * unit::ms; }

/// Two servers of prompts, one at a time each, and one of answers; a step takes a millisecond.
ApartPools pools(double gigabytes_a_second = 1e9) {
    Replica prompts = steady_replica();
    prompts.engine.max_sequences = 1;
    ApartPools p{{prompts, 2}, {steady_replica(), 1}, plain_network(3, 1)};
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
    ApartOutcome outcome;
    std::vector<ServedRequest> all;
};

Both run(const ApartPools& p, const RequestsAnew& source, const ServeLoad& load = {}) {
    FleetRecord record{.requests = true};
    Both r{simulate_apart(p, load, {}, source, 1, &record), {}};
    r.all = std::move(record.served);
    EXPECT_EQ(record.first.whole, true);
    return r;
}

TEST(Apart, NothingIsLostAndTimesAreInOrder) {
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
TEST(Apart, AnInfiniteLinkLeavesTwoQueuesInSeries) {
    const Both r = run(pools(), requests(900));
    FleetRecord record{.requests = true};
    simulate_fleet(pools().prompts, {}, {}, requests(900, 64, 1), 1, &record);
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

TEST(Apart, ASlowLinkHoldsAnswersBackNotFirstTokens) {
    const Both fast = run(pools(), requests(300));
    const Both slow = run(pools(0.01), requests(300));  // 64 tokens of 64 B take 0.4 ms
    for (std::size_t i = 0; i < fast.all.size(); ++i) {
        EXPECT_EQ(slow.all[i].first_token, fast.all[i].first_token);
    }
    EXPECT_GT(slow.outcome.all.latency.mean(), fast.outcome.all.latency.mean());
    const Both slower = run(pools(0.001), requests(200));  // 4.1 ms, of which a step hides one
    EXPECT_GT(slower.outcome.transfer.mean(), slow.outcome.transfer.mean());
    EXPECT_GE(slower.outcome.transfer.least(), 0.99 * (transfer_time(pools(0.001), 64) - ms(1)));
    EXPECT_GT(slower.outcome.transfer.mean(), 1.2 * slower.outcome.transfer.least());  // in a queue
}

// One cache at a time: as many a second as the link carries, however much prompts hide.
TEST(Apart, ALinkCarriesNoMoreThanItsRate) {
    const ApartPools p = pools(0.002);  // 2 ms for a cache, of which a step hides one
    const Both r = run(p, requests(900));
    const double each = transfer_time(p, 64).si();
    EXPECT_LE(r.outcome.all.requests_per_s(), 1.01 / each);
    EXPECT_GT(r.outcome.transfer.most(), 20 * transfer_time(p, 64));
}

TEST(Apart, AnswersOfOneTokenNeedNoSecondPool) {
    const Both r = run(pools(), requests(300, 64, 1));
    EXPECT_EQ(r.outcome.answers.requests, 0U);
    EXPECT_EQ(r.outcome.all.completed, 2000U);
    EXPECT_EQ(r.outcome.transfer.count(), 0);
}

TEST(Apart, AClosedLoopKeepsAsManyThere) {
    for (const std::int64_t there : {1, 4, 16}) {
        const Both r = run(pools(), requests(1), {.concurrency = there});
        const ServeOutcome& o = r.outcome.all;
        const double mean = o.requests_per_s() * o.latency.mean().si();
        EXPECT_NEAR(mean / static_cast<double>(there), 1, 0.05) << there;
    }
}

TEST(Apart, ThreadsChangeNothing) {
    ApartPools p = pools(0.02);
    p.answers.replicas = 3;
    const ApartOutcome one = simulate_apart(p, {}, {}, requests(700), 1);
    const ApartOutcome three = simulate_apart(p, {}, {}, requests(700), 3);
    EXPECT_EQ(one.all.seconds, three.all.seconds);
    EXPECT_EQ(one.all.latency.mean(), three.all.latency.mean());
    EXPECT_EQ(one.transfer.mean(), three.transfer.mean());
}

}  // namespace
}  // namespace millwright
