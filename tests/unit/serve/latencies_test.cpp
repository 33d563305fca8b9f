// Sums are exact; quantiles and shares are those of sorted values, to half a bin.
#include "millwright/serve/latencies.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace millwright {
namespace TEST_FILE {

// bins are a 256th of a power of two wide: at most 1/256 of the least value in them
constexpr double half_bin = 0.5 / 256 + 1e-12;

/// From below a nanosecond to a day.
std::vector<double> drawn_values() {
    auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<double>>(rc::gen::map(
        rc::gen::inRange(0, 1'000'000), [](int i) { return std::pow(10, -10 + 15e-6 * i); })));
    return values;
}

LatencyCounts of(const std::vector<double>& values) {
    LatencyCounts l;
    for (const double v : values) l.add(Seconds::from_si(v));
    return l;
}

TEST(LatencyCounts, QuantilesAreWithinHalfABinOfExactOnes) {
    EXPECT_TRUE(rc::check([] {
        auto values = drawn_values();
        const LatencyCounts l = of(values);
        std::ranges::sort(values);
        for (const double share : {0.0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
            const double rank = std::ceil(share * static_cast<double>(values.size()));
            const auto at = static_cast<std::size_t>(std::max(1.0, rank)) - 1;
            const double error = std::abs(l.quantile(share).si() - values[at]);
            RC_ASSERT(error <= std::max(1e-9, half_bin * values[at]));
        }
    }));
}

TEST(LatencyCounts, MeanAndEndsAreExact) {
    EXPECT_TRUE(rc::check([] {
        const auto values = drawn_values();
        const LatencyCounts l = of(values);
        const auto count = static_cast<double>(values.size());
        const double sum = std::accumulate(values.begin(), values.end(), 0.0);
        RC_ASSERT(std::abs(l.mean().si() - sum / count) <= 1e-12 * sum);
        RC_ASSERT(l.least().si() == std::ranges::min(values));
        RC_ASSERT(l.most().si() == std::ranges::max(values));
        RC_ASSERT(l.count() == count);
    }));
}

TEST(LatencyCounts, PartsAddedAreTheWhole) {
    EXPECT_TRUE(rc::check([] {
        const auto first = drawn_values(), second = drawn_values();
        LatencyCounts sum = of(first);
        sum.add(of(second));
        auto all = first;
        all.insert(all.end(), second.begin(), second.end());
        const LatencyCounts whole = of(all);
        RC_ASSERT(sum.count() == whole.count());
        RC_ASSERT(sum.least() == whole.least() && sum.most() == whole.most());
        for (const double share : {0.1, 0.5, 0.9}) {
            RC_ASSERT(sum.quantile(share) == whole.quantile(share));
        }
    }));
}

TEST(LatencyCounts, TimesCountAsThatManyValues) {
    LatencyCounts l;
    l.add(1 * unit::ms, 3);
    l.add(9 * unit::ms);
    l.add(5 * unit::ms, 0);
    EXPECT_EQ(l.count(), 4);
    EXPECT_DOUBLE_EQ(l.mean().in(unit::ms), 3);
    EXPECT_NEAR(l.quantile(0.75).in(unit::ms), 1, half_bin);
    EXPECT_NEAR(l.quantile(0.76).in(unit::ms), 9, 9 * half_bin);
    EXPECT_EQ(l.most(), 9 * unit::ms);
}

TEST(LatencyCounts, OfNoneAreZero) {
    LatencyCounts none;
    EXPECT_EQ(none.mean(), Seconds{});
    EXPECT_EQ(none.quantile(0.5), Seconds{});
    none.add(LatencyCounts{});
    EXPECT_EQ(none.count(), 0);
    none.add(Seconds{});  // what takes no time is counted
    EXPECT_EQ(none.quantile(1), Seconds{});
}

}  // namespace TEST_FILE
}  // namespace millwright
