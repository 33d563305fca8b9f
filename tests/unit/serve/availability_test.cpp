// Which replicas are on.
#include "millwright/serve/availability.h"

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

Seconds s(double n) { return n * unit::s; }

const Elasticity elastic{
    .least = 1, .target = 10, .interval = s(10), .cold_start = s(25), .settle = s(30)};

std::vector<std::pair<std::size_t, Availability::Change>> pass(Availability& a, Seconds at,
                                                               std::int64_t outstanding) {
    EXPECT_EQ(a.next(), at);
    std::vector<std::pair<std::size_t, Availability::Change>> events;
    for (const auto& event : a.pass(outstanding)) events.emplace_back(event.replica, event.change);
    return events;
}

using Events = std::vector<std::pair<std::size_t, Availability::Change>>;

TEST(Availability, WithoutRulesAllAreOnForEver) {
    const Availability a(3, {}, {});
    EXPECT_TRUE(a.starts_open(2));
    EXPECT_FALSE(a.next());
    EXPECT_EQ(a.paid(s(10)), s(30));
}

TEST(Availability, MoreStartAtOnceAndServeAfterTheColdStart) {
    Availability a(4, elastic, {});
    EXPECT_TRUE(a.starts_open(0));
    EXPECT_FALSE(a.starts_open(1));
    EXPECT_EQ(pass(a, s(10), 25), Events{});
    EXPECT_EQ(a.starts(), 2U);
    EXPECT_EQ(pass(a, s(20), 25), Events{});  // those that start are counted
    EXPECT_EQ(a.starts(), 2U);
    EXPECT_EQ(pass(a, s(30), 99), Events{});
    EXPECT_EQ(a.starts(), 3U);
    EXPECT_EQ(pass(a, s(35), 99), (Events{{1, Availability::Change::opens}}));
    EXPECT_EQ(a.paid(s(35)), s(35 + 2 * 25 + 5));
}

TEST(Availability, FewerAreKeptOnceNoMoreWereWantedForAWhile) {
    Availability a(2, elastic, {});
    pass(a, s(10), 20);
    for (const double at : {20, 30}) pass(a, s(at), 20);
    EXPECT_EQ(pass(a, s(35), 20), (Events{{1, Availability::Change::opens}}));
    EXPECT_EQ(pass(a, s(40), 5), Events{});
    EXPECT_EQ(pass(a, s(50), 20), Events{});  // wanted again: the wait begins anew
    for (const double at : {60, 70, 80}) EXPECT_EQ(pass(a, s(at), 5), Events{});
    EXPECT_EQ(pass(a, s(90), 5), (Events{{1, Availability::Change::closes}}));
    EXPECT_EQ(pass(a, s(100), 20), (Events{{1, Availability::Change::opens}}));  // not yet empty
    for (const double at : {110, 120, 130}) pass(a, s(at), 5);
    EXPECT_EQ(pass(a, s(140), 5), (Events{{1, Availability::Change::closes}}));
    a.empty(1, s(145));
    EXPECT_EQ(a.paid(s(200)), s(200 + 135));
}

TEST(Availability, FailuresComeAtTheirMeanAndAreMended) {
    Availability a(1, {}, {.mean_between = s(100), .repair = s(10), .seed = 3});
    Seconds down;
    for (int i = 0; i < 2000; ++i) {
        const Seconds failed = *a.next();
        EXPECT_EQ(a.pass(0).front().change, Availability::Change::fails);
        EXPECT_NEAR((*a.next() - failed).si(), 10, 1e-6);
        down = *a.next();
        EXPECT_EQ(a.pass(0).front().change, Availability::Change::opens);
    }
    EXPECT_NEAR(down.si() / 2000, 110, 8);
    EXPECT_EQ(a.failures(), 2000U);
}

}  // namespace TEST_FILE
}  // namespace millwright
