// Steps that are told add up to what the run counts, over time too.
#include "millwright/serve/timeline.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/serve/fleet.h"
#include "millwright/serve/traffic.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

ServeStep step(double begin, double seconds, std::int64_t running, std::int64_t waiting = 0) {
    return {.begin = Seconds::from_si(begin),
            .duration = Seconds::from_si(seconds),
            .running = running,
            .waiting = waiting,
            .cache_share = 0.5};
}

/// Sequences x seconds.
double running_seconds(const ServeTimeline& timeline) {
    double sum = 0;
    for (const auto& slice : timeline.slices(1)) sum += slice.running * slice.length.si();
    return sum;
}

RequestTraffic traffic(double rate, std::int64_t count) {
    RequestTraffic all;
    all.requests = count;
    all.arrivals.rate = RequestRate::from_si(rate);
    all.tenants.front().prompt = LognormalLength{200, 0.6};
    all.tenants.front().output = LognormalLength{50, 0.6};
    return all;
}

TEST(ServeTimeline, OneStepIsOneMeanAllAlong) {
    ServeTimeline timeline;
    timeline.add(step(0, 3, 4, 2));
    const auto slices = timeline.slices(2);
    EXPECT_GT(slices.size(), 64U);
    EXPECT_LE(slices.size(), 128U);
    double covered = 0;
    for (const auto& slice : slices) {
        EXPECT_DOUBLE_EQ(slice.running, 4);
        EXPECT_DOUBLE_EQ(slice.waiting, 2);
        EXPECT_DOUBLE_EQ(slice.cache_share, 0.25);  // one of two lanes
        EXPECT_DOUBLE_EQ(slice.begin.si(), covered);
        covered += slice.length.si();
    }
    EXPECT_DOUBLE_EQ(covered, 3);
}

TEST(ServeTimeline, NothingIsLostWhileSlicesWiden) {
    ServeTimeline timeline;
    double expected = 0;
    for (int i = 0; i < 5000; ++i) {
        timeline.add(step(0.01 * i, 0.007, i % 9));
        expected += 0.007 * (i % 9);
    }
    EXPECT_NEAR(running_seconds(timeline), expected, 1e-9 * expected);
    EXPECT_LE(timeline.slices(1).size(), 128U);
}

TEST(ServeTimeline, SideBySideAddsUpWhateverTheLengths) {
    ServeTimeline brief, whole, both;
    brief.add(step(0, 0.5, 3));
    whole.add(step(1, 700, 5));
    for (const ServeTimeline* one : {&brief, &whole}) both.add(*one);
    EXPECT_NEAR(running_seconds(both), 0.5 * 3 + 700 * 5, 1e-9);
    ServeTimeline turned = whole;
    turned.add(brief);
    EXPECT_EQ(turned.slices(1).size(), both.slices(1).size());
    EXPECT_TRUE(ServeTimeline{}.slices(1).empty());
}

TEST(ServeSteps, SumToWhatTheRunCounts) {
    for (const double pipeline : {1.0, 2.0}) {
        Replica r = plain_replica();
        r.ways.pipeline = pipeline;
        Seconds busy;
        std::uint64_t steps = 0;
        double prompts = 0, running = 0;
        std::vector<Seconds> ends(2);
        const ServeOutcome o =
            simulate(r, {}, {}, requests_of(traffic(20, 300)).value(), {}, [&](const ServeStep& s) {
                ++steps;
                busy += s.duration;
                prompts += s.prompt_tokens;
                running += static_cast<double>(s.running) * s.duration.si();
                EXPECT_GE(s.begin, ends.at(s.lane));
                ends.at(s.lane) = s.begin + s.duration;
                EXPECT_LE(s.answering, s.running);
                EXPECT_GE(s.waiting, 0);
                EXPECT_LE(s.cache_share, 1);
            });
        EXPECT_EQ(o.completed, 300U);
        EXPECT_EQ(steps, o.steps);
        EXPECT_EQ(o.preemptions, 0U);
        EXPECT_NEAR(busy.si() / o.busy.si(), 1, 1e-9);
        EXPECT_DOUBLE_EQ(prompts, o.input_tokens);  // each computed once
        EXPECT_NEAR(running, o.mean_running * o.seconds.si(), 1e-9 * running);
    }
}

TEST(ServeSteps, ListeningChangesNothing) {
    const auto source = [] { return requests_of(traffic(20, 200)).value(); };
    const ServeOutcome alone = simulate(plain_replica(), {}, {}, source());
    const ServeOutcome heard =
        simulate(plain_replica(), {}, {}, source(), {}, [](const ServeStep&) {});
    EXPECT_EQ(alone.seconds, heard.seconds);
    EXPECT_EQ(alone.first_token.mean(), heard.first_token.mean());
}

TEST(FleetRecord, ConservesRequestsAndIsTheSameForAnyThreads) {
    const Fleet fleet{plain_replica(), 3};
    const auto record = [&](int threads) {
        FleetRecord kept{.requests = true};
        const ServeOutcome all = simulate_fleet(
            fleet, {}, {}, [] { return requests_of(traffic(60, 300)).value(); }, threads, &kept);
        EXPECT_EQ(all.completed, 300U);
        return kept;
    };
    const FleetRecord one = record(1), three = record(3);
    EXPECT_EQ(one.served.size(), 300U);
    EXPECT_EQ(one.first.requests.size(), 100U);
    EXPECT_TRUE(one.first.whole);
    for (const ServedRequest& r : one.first.requests) EXPECT_EQ(r.index % 3, 0U);
    ASSERT_EQ(one.first.steps.size(), three.first.steps.size());
    for (std::size_t i = 0; i < one.first.steps.size(); ++i) {
        EXPECT_EQ(one.first.steps[i].begin, three.first.steps[i].begin);
    }
    EXPECT_TRUE(std::ranges::is_sorted(one.first.steps, {}, &ServeStep::begin));
    const auto a = one.timeline.slices(3), b = three.timeline.slices(3);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].running, b[i].running);
}

TEST(FleetRecord, LongRunsAreTracedToTheFirstStepThatIsNotKept) {
    FleetRecord kept{.requests = true};
    RequestTraffic many = traffic(5, 1000);
    many.tenants.front().output = FixedLength{200};
    const ServeOutcome all = simulate_fleet(
        {steady_replica(), 1}, {}, {}, [&] { return requests_of(many).value(); }, 1, &kept);
    ASSERT_GT(all.steps, most_traced_steps);
    EXPECT_FALSE(kept.first.whole);
    EXPECT_EQ(kept.first.steps.size(), most_traced_steps);
    EXPECT_LE(kept.first.steps.back().begin, kept.first.until);
    EXPECT_LT(kept.first.requests.size(), 1000U);
    for (const ServedRequest& r : kept.first.requests) EXPECT_LE(r.arrival, kept.first.until);
    EXPECT_EQ(kept.served.size(), 1000U);
}

}  // namespace TEST_FILE
}  // namespace millwright
