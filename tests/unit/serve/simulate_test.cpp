// Runs of one replica: how requests come, where they go, and what is told of them.
#include "millwright/serve/simulate.h"

#include <gtest/gtest.h>

#include "millwright/serve/step_cost.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

Seconds ms(double n) { return n * unit::ms; }

std::vector<Request> alike(std::size_t count, std::int64_t prompt, std::int64_t output) {
    return std::vector<Request>(count, request_at({}, prompt, output));
}

/// Turns of one conversation, each `delay` after the answer before it.
std::vector<Request> conversation(std::uint64_t session, int turns, Seconds delay) {
    std::vector<Request> all;
    for (int i = 0; i < turns; ++i) {
        Request r = request_at({}, 10, 4);
        r.session = session;
        r.follows = i > 0;
        if (i > 0) r.delay = delay;
        all.push_back(r);
    }
    return all;
}

TEST(Simulate, OfNothingIsNothing) {
    const ServeOutcome o = simulate(steady_replica(), {}, {}, source_of({}));
    EXPECT_EQ(o.requests, 0U);
    EXPECT_EQ(o.seconds, Seconds{});
    EXPECT_EQ(o.output_tokens_per_s(), 0);
    EXPECT_EQ(o.requests_per_s(), 0);
    EXPECT_FALSE(o.saturated);
    EXPECT_EQ(simulate(steady_replica(), {.concurrency = 3}, {}, source_of({})).requests, 0U);
}

TEST(Simulate, TimesHoldTheHostsWayInAndOut) {
    Replica r = steady_replica();
    r.engine.figures.request = ms(3);
    r.engine.figures.reply = ms(0.5);
    const auto run = served(r, {}, {request_at(ms(100), 10, 5)});
    ASSERT_EQ(run.all.size(), 1U);
    const ServedRequest& one = run.all[0];
    EXPECT_DOUBLE_EQ(one.scheduled.in(unit::ms), 103);
    EXPECT_DOUBLE_EQ(one.first_token.in(unit::ms), 104.5);
    EXPECT_DOUBLE_EQ(one.end.in(unit::ms), 108.5);
    EXPECT_DOUBLE_EQ(one.per_token().in(unit::ms), 1);
    EXPECT_DOUBLE_EQ(run.outcome.seconds.in(unit::ms), 108.5);
    EXPECT_NEAR(run.outcome.queue.mean().in(unit::ms), 3, 1e-9);
    EXPECT_DOUBLE_EQ(run.outcome.first_token.mean().in(unit::ms), 4.5);
    EXPECT_DOUBLE_EQ(run.outcome.latency.mean().in(unit::ms), 8.5);
}

TEST(Simulate, AClosedLoopAsksWhenAnAnswerEnds) {
    const auto run = served(steady_replica(), {.concurrency = 3}, alike(10, 5, 4));
    for (const ServedRequest& one : run.all) {
        EXPECT_NEAR(one.arrival.in(unit::ms), 4 * static_cast<double>(one.index / 3), 1e-9);
    }
    EXPECT_EQ(run.outcome.completed, 10U);
}

TEST(Simulate, LatenciesCountAfterTheWarmUp) {
    const auto run = served(steady_replica(), {.concurrency = 2, .warm_up = 4}, alike(10, 5, 4));
    EXPECT_EQ(run.outcome.latency.count(), 6);
    EXPECT_EQ(run.outcome.completed, 10U);
    EXPECT_EQ(run.outcome.output_tokens, 40);
}

TEST(Simulate, ThoseWithinBothObjectivesAreGood) {
    Replica r = steady_replica();
    r.engine.max_sequences = 1;
    const auto good = [&](ServeObjectives within) {
        return simulate(r, {}, within, source_of(alike(5, 5, 3))).good;
    };
    EXPECT_EQ(good({}), 5);
    EXPECT_EQ(good({.first_token = ms(4.5)}), 2);  // 1, 4, 7, 10, 13
    EXPECT_EQ(good({.first_token = ms(7.5), .per_token = ms(1.1)}), 3);
    EXPECT_EQ(good({.per_token = ms(0.9)}), 0);
}

TEST(Simulate, ATurnComesADelayAfterTheAnswerBeforeIt) {
    for (const std::int64_t concurrency : {0, 1}) {
        const auto run =
            served(steady_replica(), {.concurrency = concurrency}, conversation(7, 4, ms(25)));
        ASSERT_EQ(run.all.size(), 4U);
        for (std::size_t i = 1; i < 4; ++i) {
            EXPECT_EQ(run.all[i].arrival, run.all[i - 1].end + ms(25)) << concurrency;
        }
    }
}

TEST(Simulate, ATurnComesNoEarlierThanItsOwnTime) {
    auto turns = conversation(7, 3, ms(25));
    turns[1].arrival = ms(10);
    turns[2].arrival = ms(1000);
    const auto run = served(steady_replica(), {}, turns);
    EXPECT_EQ(run.all[1].arrival, ms(29));
    EXPECT_EQ(run.all[2].arrival, ms(1000));
}

TEST(Simulate, ATurnAfterOneThatWasDroppedComesADelayAfterThat) {
    auto turns = conversation(7, 3, ms(25));
    turns[1].prompt = 1'000'000;
    const auto run = served(with_blocks(steady_replica(), 100), {}, turns);
    EXPECT_EQ(run.outcome.dropped, 1U);
    ASSERT_EQ(run.all.size(), 2U);
    EXPECT_NEAR(run.all[1].arrival.in(unit::ms), 4 + 25 + 25, 1e-9);
}

/// A conversation keeps its place while its user thinks: two at a time, from first turn to last.
TEST(Simulate, AClosedLoopIsOfConversations) {
    std::vector<Request> all;
    for (std::uint64_t session = 1; session <= 6; ++session) {
        for (const Request& turn : conversation(session, 3, ms(10))) all.push_back(turn);
    }
    const auto run = served(steady_replica(), {.concurrency = 2}, all);
    EXPECT_EQ(run.outcome.completed, 18U);
    const double whole = 3 * 4 + 2 * 10;
    for (const ServedRequest& one : run.all) {
        const double began = whole * static_cast<double>(one.index / 6);  // two of three turns each
        const double turn = 14 * static_cast<double>(one.index % 3);
        EXPECT_NEAR(one.arrival.in(unit::ms), began + turn, 1e-9) << one.index;
    }
}

TEST(Simulate, RanksWorkSideBySide) {
    Replica r = steady_replica();
    r.engine.max_sequences = 1;
    const auto last = [&](double ranks) {
        r.ways.attention_data = ranks;
        const auto run = served(r, {}, alike(8, 5, 4));
        EXPECT_EQ(run.outcome.lanes, ranks);
        return run.outcome.seconds.in(unit::ms);
    };
    EXPECT_NEAR(last(1), 32, 1e-9);
    EXPECT_NEAR(last(2), 16, 1e-9);
    EXPECT_NEAR(last(8), 4, 1e-9);
}

TEST(Simulate, LanesOfAPipelineShareCacheAndSequences) {
    Replica r = steady_replica();
    r.ways.pipeline = 4;
    r.engine.max_sequences = 8;
    r = with_blocks(r, 100);  // of each lane
    const auto run = served(r, {}, alike(80, 10, 5));
    EXPECT_EQ(run.outcome.lanes, 4);
    EXPECT_NEAR(run.outcome.seconds.in(unit::ms), 5 * 80 / 8, 1e-9);
    EXPECT_EQ(served(r, {}, alike(1, 100, 5)).outcome.dropped, 1U);
}

/// A request waits for the step that is under way, never for one that came after it.
TEST(Simulate, NobodyWaitsForWhoComesLaterToAnotherLane) {
    Replica r = steady_replica(ms(1), ms(1));
    r.ways.attention_data = 3;
    std::vector<Request> all;
    for (int i = 0; i < 300; ++i) all.push_back(request_at({}, 5, 1 + i * 7 % 23));
    const auto run = served(r, {.concurrency = 12}, all);
    for (const ServedRequest& one : run.all) {
        EXPECT_LE((one.scheduled - one.arrival).in(unit::ms), 1 + 12 + 1e-9) << one.index;
    }
}

TEST(Simulate, AConversationStaysWithItsPrefixes) {
    Replica r = steady_replica();
    r.ways.attention_data = 4;
    r.engine.prefix_cache = true;
    std::vector<Request> all;
    for (std::uint64_t session = 1; session <= 7; ++session) {
        auto turns = conversation(session, 3, ms(3.3));
        for (std::size_t i = 0; i < 3; ++i) {
            turns[i].prefix_tokens = 1;
            turns[i].prompt = static_cast<std::int64_t>(10 + 10 * i);
            for (std::uint64_t k = 0; k < 10 + 10 * i; ++k) {
                turns[i].prefix.push_back(session * 1000 + k);
            }
            all.push_back(turns[i]);
        }
    }
    for (const ServedRequest& one : served(r, {}, all).all) {
        EXPECT_EQ(one.cached, static_cast<std::int64_t>(10 * (one.index % 3))) << one.index;
    }
}

TEST(Simulate, ManyThatAreDroppedEndToo) {
    const Replica r = with_blocks(steady_replica(), 20);
    for (const std::int64_t concurrency : {0, 4}) {
        const auto run = served(r, {.concurrency = concurrency}, alike(200'000, 50, 4));
        EXPECT_EQ(run.outcome.dropped, 200'000U);
        EXPECT_TRUE(run.all.empty());
    }
}

TEST(Simulate, TellsARunThatFallsBehind) {
    Replica r = steady_replica();
    r.engine.max_sequences = 1;
    const auto at_gaps = [&](double gap) {
        std::vector<Request> all;
        for (int i = 0; i < 500; ++i) all.push_back(request_at(ms(gap * i), 5, 4));
        return simulate(r, {}, {}, source_of(all));
    };
    const ServeOutcome slow = at_gaps(5), fast = at_gaps(2);
    EXPECT_FALSE(slow.saturated);
    EXPECT_NEAR(slow.drift, 0, 1e-12);
    EXPECT_TRUE(fast.saturated);
    EXPECT_NEAR(fast.drift, 1, 0.01);  // each waits two milliseconds more than the one before it
    EXPECT_FALSE(simulate(r, {.concurrency = 9}, {}, source_of(alike(500, 5, 4))).saturated);
}

TEST(Simulate, RatesAreOverTheWholeRun) {
    const ServeOutcome o = served(steady_replica(), {.concurrency = 5}, alike(50, 7, 10)).outcome;
    EXPECT_NEAR(o.seconds.in(unit::ms), 100, 1e-9);
    EXPECT_NEAR(o.output_tokens_per_s(), 500 / 0.1, 1e-6);
    EXPECT_NEAR(o.requests_per_s(), 50 / 0.1, 1e-6);
    EXPECT_NEAR(o.mean_running, 5, 1e-9);
    EXPECT_EQ(o.input_tokens, 350);
    EXPECT_NEAR(o.busy.in(unit::ms), 100, 1e-9);
}

}  // namespace TEST_FILE
}  // namespace millwright
