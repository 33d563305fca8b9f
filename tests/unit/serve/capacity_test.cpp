// The highest rate that keeps a promise, against what is known of one server.
#include "millwright/serve/capacity.h"

#include <gtest/gtest.h>

#include "millwright/serve/traffic.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

/// One after the other, ten steps of a millisecond each: a hundred a second at most.
Replica one_server() {
    Replica r = steady_replica();
    r.engine.max_sequences = 1;
    return r;
}

RequestSource requests_at(RequestRate rate) {
    RequestTraffic traffic;
    traffic.requests = 4000;
    traffic.arrivals.rate = rate;
    traffic.tenants.front().prompt = FixedLength{5};
    traffic.tenants.front().output = FixedLength{10};
    return requests_of(traffic).value();
}

double highest(const ServicePromise& promise, double guess = 3) {
    const auto found =
        highest_rate(one_server(), promise, requests_at, RequestRate::from_si(guess));
    if (!found) return 0;
    EXPECT_TRUE(keeps(found->outcome, promise));
    EXPECT_GT(found->simulated, 1);
    return found->rate.si();
}

TEST(Capacity, IsTheServersRateWhereNothingIsPromised) {
    EXPECT_NEAR(highest({}), 100, 8);  // a wait may grow by a twentieth
}

TEST(Capacity, IsLessTheMoreIsPromised) {
    double before = highest({});
    for (const double ms : {100, 50, 20, 12}) {
        const double rate = highest({.first_token = ms * unit::ms});
        EXPECT_LT(rate, before) << ms;
        EXPECT_GT(rate, 0) << ms;
        before = rate;
    }
}

TEST(Capacity, HangsLittleOnTheGuess) {
    const ServicePromise promise{.first_token = 30 * unit::ms};
    const double rate = highest(promise);
    for (const double guess : {0.2, 20.0, 900.0}) {
        EXPECT_NEAR(highest(promise, guess) / rate, 1, 0.04) << guess;
    }
}

TEST(Capacity, IsNoMoreThanTheMostThatIsTried) {
    const auto found = [](double most) {
        return highest_rate(one_server(), {}, requests_at, RequestRate::from_si(3),
                            RequestRate::from_si(most));
    };
    EXPECT_EQ(found(2)->rate.si(), 2);
    EXPECT_EQ(found(2)->simulated, 1);
    EXPECT_EQ(found(50)->rate.si(), 50);
    EXPECT_EQ(found(1e6)->rate.si(), highest({}));
}

TEST(Capacity, IsNoneWhereASingleRequestIsLate) {
    EXPECT_EQ(highest({.first_token = 0.9 * unit::ms}), 0);
    EXPECT_EQ(highest({.per_token = 0.9 * unit::ms}), 0);
    EXPECT_GT(highest({.per_token = 1.1 * unit::ms}), 90);
}

TEST(Capacity, DroppedOrSaturatedRunsKeepNoPromise) {
    ServeOutcome outcome;
    EXPECT_TRUE(keeps(outcome, {}));
    outcome.dropped = 1;
    EXPECT_FALSE(keeps(outcome, {}));
    outcome.dropped = 0;
    outcome.saturated = true;
    EXPECT_FALSE(keeps(outcome, {}));
}

}  // namespace TEST_FILE
}  // namespace millwright
