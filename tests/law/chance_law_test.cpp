// Laws of uncertain quantities and their samples.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "millwright/base/statistics.h"
#include "millwright/chance/sample.h"

namespace millwright {
namespace TEST_FILE {

double any(double low, double high) {
    constexpr int steps = 1 << 20;
    return low + (high - low) * *rc::gen::inRange(0, steps) / steps;
}

/// Three numbers that rise, or are equal now and then.
std::vector<double> any_rising() {
    std::vector<double> ends{any(-50, 50), any(-50, 50), any(-50, 50)};
    if (*rc::gen::inRange(0, 8) == 0) ends[1] = ends[0];
    std::sort(ends.begin(), ends.end());
    return ends;
}

Distribution any_distribution() {
    const std::vector<double> e = any_rising();
    const double weight = any(0, 1);
    const std::vector<Distribution> all{
        Point{e[0]},
        Uniform{e[0], e[2]},
        Triangular{e[0], e[1], e[2]},
        Pert{e[0], e[1], e[2]},
        Normal{e[0], any(0, 20)},
        Lognormal{any(0.1, 100), any(1, 10)},
        Beta{any(0.1, 9), any(0.1, 9), e[0], e[2]},
        Discrete{{e[2], e[0], 3}, {weight / 2, weight / 2, 1 - weight}},
        Empirical{{e[1], e[2], e[0], e[1]}}};
    return all[*rc::gen::inRange<std::size_t>(0, all.size())];
}

/// Cut to an inner part of itself in half of the cases.
Spread any_spread() {
    Spread spread{any_distribution()};
    if (*rc::gen::arbitrary<bool>()) {
        const Spread whole = spread;
        spread.least = quantile(whole, any(0.01, 0.4));
        spread.most = quantile(whole, any(0.6, 0.99));
    }
    return spread;
}

TEST(ChanceLaw, QuantilesRiseAndStayBetweenTheEnds) {
    EXPECT_TRUE(rc::check([] {
        const Spread spread = any_spread();
        RC_ASSERT(faults_of(spread).empty());
        const double u = any(0.001, 0.99), more = any(u, 0.999);
        const double low = quantile(spread, u), high = quantile(spread, more);
        RC_ASSERT(low <= high);
        RC_ASSERT(spread.least <= low);
        RC_ASSERT(high <= spread.most);
        RC_ASSERT(!is_certain(spread) || low == high);
    }));
}

/// Within a thousandth of the width, of 16,384 even points.
TEST(ChanceLaw, TheMeanIsTheMeanOfTheQuantiles) {
    EXPECT_TRUE(rc::check([] {
        const Spread spread = any_spread();
        const Matrix sample = draw({spread}, 1U << 14U, 1, 1);
        const double sum = std::accumulate(sample.values.begin(), sample.values.end(), 0.0);
        const double found = sum / static_cast<double>(sample.rows);
        const double width = quantile(spread, 0.99) - quantile(spread, 0.01);
        RC_ASSERT(std::fabs(found - mean(spread)) <= 0.001 * width + 1e-9 * std::fabs(found));
    }));
}

/// Two to five quantities, each tied to the next.
struct Tied {
    std::vector<Spread> spreads;
    std::vector<Correlation> correlations;
    Copula copula;
};

Tied any_tied() {
    Tied tied;
    const auto n = *rc::gen::inRange<std::size_t>(2, 6);
    for (std::size_t i = 0; i < n; ++i) tied.spreads.push_back({Normal{any(-9, 9), any(0.1, 5)}});
    tied.spreads[0] = {Uniform{0, 1}};
    tied.spreads[1] = {Pert{0, 1, 9}};
    for (std::size_t i = 1; i < n; ++i) tied.correlations.push_back({i - 1, i, any(-0.6, 0.6)});
    tied.copula = static_cast<Copula>(*rc::gen::inRange(0, 3));
    return tied;
}

TEST(ChanceLaw, SamplesHaveTheRankCorrelationsAskedFor) {
    EXPECT_TRUE(rc::check([] {
        const Tied tied = any_tied();
        const std::size_t n = tied.spreads.size();
        const auto ties = dependence(n, tied.correlations, tied.copula, 5);
        const auto cannot = impossible(n, tied.correlations);
        RC_ASSERT(ties.has_value() == cannot.empty());
        if (!ties) return;
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        const Matrix sample = draw(tied.spreads, *ties, 4096, seed, 1);
        for (const Correlation& c : tied.correlations) {
            const double found = rank_correlation(sample.column(c.first), sample.column(c.second));
            RC_ASSERT(std::fabs(found - c.rank) <= 0.03);
        }
    }));
}

TEST(ChanceLaw, ImanConoverMovesValuesWithinTheirColumns) {
    EXPECT_TRUE(rc::check([] {
        Tied tied = any_tied();
        const auto ties = dependence(tied.spreads.size(), tied.correlations, Copula::iman_conover);
        if (!ties) return;
        const auto rows = *rc::gen::inRange<std::uint64_t>(1, 300);
        const Matrix free = draw(tied.spreads, rows, 3, 1);
        const Matrix sorted = draw(tied.spreads, *ties, rows, 3, 1);
        for (std::size_t c = 0; c < free.columns; ++c) {
            std::vector<double> before = free.column(c), after = sorted.column(c);
            std::sort(before.begin(), before.end());
            std::sort(after.begin(), after.end());
            RC_ASSERT(before == after);
        }
    }));
}

TEST(ChanceLaw, ThreadsDoNotMatter) {
    EXPECT_TRUE(rc::check([] {
        const Tied tied = any_tied();
        const auto ties = dependence(tied.spreads.size(), tied.correlations, tied.copula, 5);
        if (!ties) return;
        const auto rows = *rc::gen::inRange<std::uint64_t>(1, 5000);
        RC_ASSERT(draw(tied.spreads, *ties, rows, 3, 1).values ==
                  draw(tied.spreads, *ties, rows, 3, 3).values);
    }));
}

TEST(ChanceLaw, WhatIsSaidToBeImpossibleIs) {
    EXPECT_TRUE(rc::check("and none of it can be left out", [] {
        std::vector<Correlation> all;
        for (std::size_t i = 0; i < 5; ++i) {
            for (std::size_t j = i + 1; j < 5; ++j) all.push_back({i, j, any(-0.9, 0.9)});
        }
        const std::vector<std::size_t> places = impossible(5, all);
        if (places.empty()) return;
        std::vector<Correlation> some;
        for (const std::size_t place : places) some.push_back(all[place]);
        RC_ASSERT(!dependence(5, some));
        for (std::size_t i = 0; i < some.size(); ++i) {
            std::vector<Correlation> fewer = some;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            RC_ASSERT(dependence(5, fewer).has_value());
        }
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
