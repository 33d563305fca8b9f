// The curves of a replica against what is known of one server, and of steps that take longer the
// more they hold.
#include "millwright/serve/curves.h"

#include <gtest/gtest.h>

#include "millwright/serve/traffic.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

RequestSource requests(ArrivalKind kind, double rate, std::int64_t count) {
    RequestTraffic traffic;
    traffic.requests = count;
    traffic.arrivals = {.kind = kind, .rate = RequestRate::from_si(rate)};
    traffic.tenants.front().prompt = FixedLength{5};
    traffic.tenants.front().output = FixedLength{10};
    return requests_of(traffic).value();
}

RequestSource at_once(std::int64_t count) { return requests(ArrivalKind::at_once, 1, count); }
RequestSource at_rate(RequestRate rate) { return requests(ArrivalKind::poisson, rate.si(), 2000); }

/// A step takes a millisecond, and a tenth of one for each sequence in it.
Replica slower_the_fuller(std::int64_t sequences) {
    Replica r = steady_replica(1 * unit::ms, 0.1 * unit::ms);
    r.engine.max_sequences = sequences;
    return r;
}

TEST(FullConcurrency, IsTheLimitOfTheEngineOrOfTheCache) {
    Replica r = steady_replica();
    r.engine.max_sequences = 24;
    EXPECT_EQ(full_concurrency(r, 100, 20), 24);
    r = with_blocks(r, 220);  // a block a token; half-way a sequence has 110
    EXPECT_EQ(full_concurrency(r, 100, 20), 2);
    r.engine.reservation = Reservation::whole;
    EXPECT_EQ(full_concurrency(with_blocks(r, 240), 100, 20), 2);
    EXPECT_EQ(full_concurrency(with_blocks(r, 50), 100, 20), 1);
}

TEST(ClosedCurve, MoreInFlightIsMoreThroughputAndLessForEachUser) {
    const auto points = closed_curve(slower_the_fuller(1024), 24, at_once, 2);
    std::vector<std::int64_t> in_flight;
    for (const ClosedPoint& p : points) in_flight.push_back(p.concurrency);
    EXPECT_EQ(in_flight, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 24}));
    for (std::size_t i = 1; i < points.size(); ++i) {
        EXPECT_GT(points[i].outcome.output_tokens_per_s(),
                  points[i - 1].outcome.output_tokens_per_s());
        EXPECT_GT(points[i].outcome.per_token.quantile(0.5),
                  points[i - 1].outcome.per_token.quantile(0.5));
    }
    EXPECT_EQ(points.front().outcome.completed, 64U);
    EXPECT_EQ(points.back().outcome.completed, 240U);
}

TEST(ClosedCurve, LeavesOutWhatTooFewRequestsFill) {
    const auto few = [](std::int64_t count) { return at_once(std::min<std::int64_t>(count, 20)); };
    EXPECT_EQ(closed_curve(slower_the_fuller(1024), 64, few, 1).back().concurrency, 8);
}

TEST(OpenCurve, TheKneeIsTheRateOfOneServer) {
    const OpenCurve curve = open_curve(slower_the_fuller(1), at_rate, RequestRate::from_si(20), 1);
    ASSERT_TRUE(curve.knee.has_value());
    EXPECT_NEAR(curve.knee->si(), 1000 / 11.0, 2);  // ten steps of 1.1 ms, one after the other
}

TEST(OpenCurve, WaitsRiseToTheKneeAndGrowBeyondIt) {
    const OpenCurve curve = open_curve(slower_the_fuller(8), at_rate, RequestRate::from_si(20), 2);
    ASSERT_TRUE(curve.knee.has_value());
    RequestRate last_stable, first_unstable;
    for (const OpenPoint& p : curve.points) {
        if (!p.outcome.saturated) last_stable = max(last_stable, p.rate);
        if (p.outcome.saturated && first_unstable <= RequestRate{}) first_unstable = p.rate;
    }
    EXPECT_GE(last_stable, *curve.knee);
    EXPECT_GT(first_unstable, *curve.knee);
    EXPECT_LT(last_stable, first_unstable);
    EXPECT_EQ(std::ranges::count(curve.points, *curve.knee, &OpenPoint::rate), 1);
    for (std::size_t i = 1; i < curve.points.size(); ++i) {
        EXPECT_GT(curve.points[i].rate, curve.points[i - 1].rate);
        EXPECT_GT(curve.points[i].outcome.first_token.mean(),
                  curve.points[i - 1].outcome.first_token.mean());
    }
}

TEST(OpenCurve, ThreadsChangeNothing) {
    const auto with = [](int threads) {
        return open_curve(slower_the_fuller(8), at_rate, RequestRate::from_si(20), threads);
    };
    const OpenCurve one = with(1), three = with(3);
    EXPECT_EQ(one.knee, three.knee);
    ASSERT_EQ(one.points.size(), three.points.size());
    for (std::size_t i = 0; i < one.points.size(); ++i) {
        EXPECT_EQ(one.points[i].outcome.seconds, three.points[i].outcome.seconds);
        EXPECT_EQ(one.points[i].outcome.first_token.mean(),
                  three.points[i].outcome.first_token.mean());
    }
}

TEST(OpenCurve, IsEmptyWhereNoRateIsKeptUpWith) {
    const Replica small = with_blocks(slower_the_fuller(8), 8);  // all are dropped
    const OpenCurve curve = open_curve(small, at_rate, RequestRate::from_si(20), 1);
    EXPECT_FALSE(curve.knee.has_value());
    EXPECT_TRUE(curve.points.empty());
}

}  // namespace TEST_FILE
}  // namespace millwright
