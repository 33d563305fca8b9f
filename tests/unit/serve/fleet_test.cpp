// Sums of runs: beside each other and one after the other.
#include "millwright/serve/fleet.h"

#include <gtest/gtest.h>

#include "millwright/base/whole.h"
#include "millwright/serve/traffic.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

ServeOutcome run_of(double seconds, double running, std::uint64_t completed) {
    ServeOutcome o;
    o.seconds = Seconds::from_si(seconds);
    o.mean_running = running;
    o.mean_cache = 0.5;
    o.requests = o.completed = completed;
    o.busy = Seconds::from_si(seconds / 2);
    o.first_token.add(Seconds::from_si(seconds));
    return o;
}

TEST(Fleet, RunsBesideEachOtherShareTheLongestTime) {
    const ServeOutcome all = together({run_of(10, 4, 3), run_of(5, 4, 1)});
    EXPECT_EQ(all.seconds.si(), 10);
    EXPECT_EQ(all.completed, 4U);
    EXPECT_DOUBLE_EQ(all.mean_running, 4 + 4 * 0.5);
    EXPECT_DOUBLE_EQ(all.mean_cache, (0.5 + 0.5 * 0.5) / 2);
    EXPECT_EQ(all.lanes, 2);
}

TEST(Fleet, RunsOneAfterTheOtherAddTheirTimes) {
    std::vector<ServeOutcome> runs{run_of(10, 4, 3), run_of(5, 1, 1)};
    runs[1].saturated = true;
    const ServeOutcome all = in_turn(runs);
    EXPECT_EQ(all.seconds.si(), 15);
    EXPECT_EQ(all.busy.si(), 7.5);
    EXPECT_EQ(all.requests, 4U);
    EXPECT_DOUBLE_EQ(all.mean_running, (4 * 10 + 1 * 5) / 15.0);
    EXPECT_DOUBLE_EQ(all.mean_cache, 0.5);
    EXPECT_EQ(all.lanes, 1);
    EXPECT_EQ(all.first_token.count(), 2);
    EXPECT_TRUE(all.saturated);
    EXPECT_EQ(in_turn({}).seconds, Seconds{});
}

/// A step of a millisecond whatever it holds: a place answers 10 requests of ten tokens in 100 ms.
TEST(Fleet, EveryPlaceOfAClosedLoopDoesItsPart) {
    std::vector<Request> all(140, request_at({}, 4, 10));
    for (const std::int64_t places : {2, 4, 6, 7, 14}) {
        const ServeOutcome run = simulate_fleet(
            {steady_replica(), 4}, {.concurrency = places}, {}, [&] { return source_of(all); }, 1);
        EXPECT_EQ(run.completed, 140U);
        EXPECT_NEAR(run.mean_running, real(places), 0.1 * real(places)) << places;
        EXPECT_NEAR(run.seconds / unit::ms, 1400 / real(places), 0.1 * 1400 / real(places))
            << places;
    }
}

TEST(Fleet, OneRunIsItself) {
    const ServeOutcome one = simulate(steady_replica(), {}, {}, source_of({request_at({}, 4, 9)}));
    for (const ServeOutcome& same : {together({one}), in_turn({one})}) {
        EXPECT_EQ(same.seconds, one.seconds);
        EXPECT_EQ(same.output_tokens_per_s(), one.output_tokens_per_s());
        EXPECT_DOUBLE_EQ(same.mean_running, one.mean_running);
        EXPECT_EQ(same.latency.mean(), one.latency.mean());
    }
}

/// Of each tenant what of all: nothing is counted twice, nothing left out.
TEST(Fleet, TenantsAddUpToAll) {
    RequestTraffic traffic{.requests = 300};
    traffic.arrivals.rate = RequestRate::from_si(100);
    Tenant long_prompts{.share = 0.5, .prompt = FixedLength{400}, .output = FixedLength{3}};
    traffic.tenants = {Tenant{.prompt = FixedLength{20}, .output = FixedLength{5}}, long_prompts};
    const RequestsAnew requests = [&] { return requests_of(traffic).value(); };
    const Fleet fleet{steady_replica(), 3};
    const ServeLoad load{.concurrency = 0, .warm_up = 30, .tenants = 2};
    const ServeOutcome all = simulate_fleet(fleet, load, {}, requests, 2);
    ASSERT_EQ(all.tenants.size(), 2U);
    const RequestCounts &a = all.tenants[0], &b = all.tenants[1];
    EXPECT_EQ(a.completed + b.completed, all.completed);
    EXPECT_GT(a.completed, b.completed);
    EXPECT_EQ(a.output_tokens + b.output_tokens, all.output_tokens);
    EXPECT_EQ(a.input_tokens + b.input_tokens, all.input_tokens);
    EXPECT_EQ(a.first_token.count() + b.first_token.count(), all.first_token.count());
    EXPECT_EQ(a.good + b.good, all.good);
    EXPECT_EQ(b.output_tokens, 3.0 * static_cast<double>(b.completed));
    ServeLoad uncounted = load;
    uncounted.tenants = 0;
    EXPECT_TRUE(simulate_fleet(fleet, uncounted, {}, requests, 1).tenants.empty());
}

}  // namespace TEST_FILE
}  // namespace millwright
