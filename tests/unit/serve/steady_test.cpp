// Means of a replica against sums that are worked out by hand, and against runs.
#include "millwright/serve/steady.h"

#include <gtest/gtest.h>

#include "millwright/serve/capacity.h"
#include "millwright/serve/traffic.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

Seconds ms(double n) { return n * unit::ms; }

/// A step of a millisecond and a tenth for each sequence; prompts take nothing.
Replica tenths() { return steady_replica(ms(1), ms(0.1)); }

TEST(SteadyState, RunsAsManyAsTheTokenHasTimeFor) {
    const MeanRequest request{10, 20};
    const SteadyState s = steady_state(tenths(), request, ms(2.05));
    EXPECT_EQ(s.running, 10);
    EXPECT_NEAR(s.per_token.in(unit::ms), 2, 1e-9);
    EXPECT_NEAR(s.rate.si(), 10 / (20 * 0.002), 1e-6);
    EXPECT_EQ(steady_state(tenths(), request, ms(1)).running, 0);  // one takes 1.1 ms
    EXPECT_EQ(steady_state(tenths(), request, ms(1)).rate, RequestRate{});
}

TEST(SteadyState, IsBoundByTheEngineAndByTheCache) {
    Replica r = tenths();
    r.engine.max_sequences = 7;
    EXPECT_EQ(steady_state(r, {10, 20}, {}).running, 7);
    r = with_blocks(tenths(), 105);  // twenty tokens of each, in the middle of its answer
    EXPECT_EQ(steady_state(r, {10, 20}, {}).running, 5);
    r.engine.reservation = Reservation::whole;
    EXPECT_EQ(steady_state(r, {10, 20}, {}).running, 3);
}

TEST(SteadyState, ATokenWaitsForPromptsThatComeMeanwhile) {
    const Replica r = plain_replica();
    const SteadyState none = steady_state(r, {1, 64}, {});
    const SteadyState some = steady_state(r, {256, 64}, {});
    EXPECT_GT(some.per_token, none.per_token);
    EXPECT_LT(some.rate, none.rate);
}

TEST(SteadyState, APromptThatAnotherPoolComputedIsHeldAndNotComputed) {
    const Replica r = plain_replica();
    const SteadyState held = steady_state(r, {.prompt = 256, .output = 64, .prefilled = true}, {});
    const SteadyState all = steady_state(r, {.prompt = 256, .output = 64}, {});
    EXPECT_EQ(held.running, all.running);
    EXPECT_LT(held.per_token, all.per_token);
    EXPECT_GT(held.per_token, steady_state(r, {1, 64}, {}).per_token);  // it attends to more
}

TEST(SteadyState, TokensAtARateTakeTheStepsOfThoseThatItKeepsRunning) {
    const MeanRequest request{10, 20};
    EXPECT_NEAR(fastest_token(tenths(), request).in(unit::ms), 1.1, 1e-9);
    EXPECT_NEAR(token_at_rate(tenths(), request, RequestRate::from_si(1)).in(unit::ms), 1.1, 1e-9);
    // ten run at 250 a second; one fewer does not do
    const Seconds token = token_at_rate(tenths(), request, RequestRate::from_si(249));
    EXPECT_NEAR(token.in(unit::ms), 1.9, 1e-9);
}

// What is simulated waits for its place too, and for chance.
TEST(SteadyState, NoRunOfTheSameLengthsDoesMore) {
    Replica r = plain_replica(4);
    r.engine.max_sequences = 16;
    for (const double prompt : {32, 200}) {
        const SteadyState steady = steady_state(r, {prompt, 40}, {});
        const auto requests = [&](RequestRate rate) {
            RequestTraffic traffic;
            traffic.requests = 3000;
            traffic.arrivals.rate = rate;
            traffic.tenants.front().prompt = FixedLength{static_cast<std::int64_t>(prompt)};
            traffic.tenants.front().output = FixedLength{40};
            return requests_of(traffic).value();
        };
        const auto found = highest_rate(r, {}, requests, steady.rate);
        ASSERT_TRUE(found);
        // waits may grow by a twentieth, and 3,000 requests come faster than the mean by chance
        EXPECT_LT(found->rate / steady.rate, 1.1) << prompt;
        EXPECT_GT(found->rate / steady.rate, 0.7) << prompt;
    }
}

TEST(TokenParts, SumToTheTokenOfTheSteadyState) {
    for (const double prompt : {1.0, 64.0}) {
        const Replica r = plain_replica();
        const MeanRequest request{prompt, 40};
        const SteadyState steady = steady_state(r, request, {});
        ASSERT_GT(steady.running, 1);
        const TokenParts parts = token_parts(r, request, steady.running);
        EXPECT_NEAR(parts.total() / steady.per_token, 1, 1e-12);
        for (const Seconds part : {parts.layers, parts.caches, parts.logits, parts.prompts}) {
            EXPECT_GT(part, Seconds{});
        }
        EXPECT_GE(parts.host, Seconds{});
        const TokenParts alone = token_parts(r, request, 1);
        EXPECT_EQ(alone.prompts, Seconds{});
        EXPECT_LT(alone.caches, parts.caches);
    }
    Replica slow = steady_replica(3 * unit::ms, 1 * unit::ms);
    EXPECT_NEAR(token_parts(slow, {1, 10}, 4).host.in(unit::ms), 7, 1e-9);
}

/// Tokens that a cache holds are attended to and not computed.
TEST(SteadyState, WhatIsFoundIsNotComputed) {
    const Replica r = plain_replica();
    const Seconds computed = token_parts(r, {128, 40}, 8).prompts;
    const TokenParts found = token_parts(r, {64, 40, 64}, 8);
    EXPECT_LT(found.prompts, computed);
    EXPECT_EQ(found.caches, token_parts(r, {128, 40}, 8).caches);
    EXPECT_GE(steady_state(r, {64, 40, 64}, {}).rate, steady_state(r, {128, 40}, {}).rate);
}

}  // namespace TEST_FILE
}  // namespace millwright
