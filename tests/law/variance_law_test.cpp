// Laws of what outputs owe to inputs.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "millwright/chance/given_data.h"
#include "millwright/chance/indices.h"
#include "millwright/chance/summary.h"

namespace millwright {
namespace TEST_FILE {

/// From -1 to 1 in steps of a hundredth.
double any_weight() { return *rc::gen::inRange(-100, 101) / 100.0; }

/// Weights of each input alone and of each with the next one.
struct Multilinear {
    std::vector<double> alone, paired;

    Matrix operator()(const Matrix& x) const {
        Matrix made = Matrix::of(x.rows, 1);
        for (std::size_t r = 0; r < x.rows; ++r) {
            double sum = 3;
            for (std::size_t i = 0; i < alone.size(); ++i) {
                const double next = x.at(r, (i + 1) % alone.size());
                sum += alone[i] * x.at(r, i) + paired[i] * x.at(r, i) * next;
            }
            made.at(r, 0) = sum;
        }
        return made;
    }
};

Multilinear any_multilinear(std::size_t n, bool pairs) {
    Multilinear model;
    for (std::size_t i = 0; i < n; ++i) {
        model.alone.push_back(any_weight());
        model.paired.push_back(pairs ? any_weight() : 0);
    }
    // one that surely varies
    model.alone[0] = 2;
    return model;
}

std::vector<Spread> inputs_of(std::size_t n) { return {n, Spread{Uniform{-1, 1}}}; }

TEST(VarianceLaw, ShapleyEffectsSumToOneAndLieBetweenFirstAndTotal) {
    EXPECT_TRUE(rc::check([] {
        const auto n = *rc::gen::inRange<std::size_t>(3, 6);
        const Multilinear model = any_multilinear(n, true);
        const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
        const Indices indices = sobol_indices(inputs_of(n), 2048, seed, 1, model)[0];
        const auto shares = shapley_effects(inputs_of(n), 2048, seed, 1, model)[0];
        RC_ASSERT(std::fabs(std::accumulate(shares.begin(), shares.end(), 0.0) - 1) < 1e-9);
        for (std::size_t i = 0; i < n; ++i) {
            RC_ASSERT(shares[i] >= indices.first[i] - 0.02);
            RC_ASSERT(shares[i] <= indices.total[i] + 0.02);
        }
    }));
}

/// First, total, Shapley and what the sample says: an input's share is its weight squared.
TEST(VarianceLaw, AllMeasuresAgreeOnAdditiveModels) {
    EXPECT_TRUE(rc::check([] {
        const auto n = *rc::gen::inRange<std::size_t>(2, 5);
        const Multilinear model = any_multilinear(n, false);
        const Indices indices = sobol_indices(inputs_of(n), 1024, 7, 1, model)[0];
        const auto shares = shapley_effects(inputs_of(n), 1024, 7, 1, model)[0];
        const Matrix sample = draw(inputs_of(n), 8192, 7, 1);
        const auto given = first_order_shares(sample, model(sample))[0];
        double sum = 0;
        for (const double weight : model.alone) sum += weight * weight;
        for (std::size_t i = 0; i < n; ++i) {
            const double share = model.alone[i] * model.alone[i] / sum;
            RC_ASSERT(std::fabs(indices.first[i] - share) < 0.02);
            RC_ASSERT(std::fabs(indices.total[i] - share) < 0.02);
            RC_ASSERT(std::fabs(shares[i] - share) < 0.02);
            RC_ASSERT(std::fabs(given[i] - share) < 0.03);
        }
    }));
}

TEST(VarianceLaw, InformationIsWorthNoLessThanNothingAndNoMoreThanAll) {
    EXPECT_TRUE(rc::check([] {
        const auto rows = *rc::gen::inRange<std::size_t>(1, 200);
        const Matrix sample = draw(inputs_of(3), rows, 1, 1);
        Matrix gains = Matrix::of(rows, 2);
        const Multilinear one = any_multilinear(3, true), other = any_multilinear(3, true);
        const Matrix of_one = one(sample), of_other = other(sample);
        for (std::size_t r = 0; r < rows; ++r) {
            gains.at(r, 0) = of_one.at(r, 0);
            gains.at(r, 1) = of_other.at(r, 0);
        }
        const double all = perfect_information(gains);
        RC_ASSERT(all >= 0);
        for (const double worth : partial_information(sample, gains)) {
            RC_ASSERT(worth >= 0);
            RC_ASSERT(worth <= all);
        }
    }));
}

TEST(VarianceLaw, ThreadsDoNotMatter) {
    EXPECT_TRUE(rc::check([] {
        const Multilinear model = any_multilinear(4, true);
        const auto points = *rc::gen::inRange<std::uint64_t>(1, 2000);
        const Indices one = sobol_indices(inputs_of(4), points, 1, 1, model)[0];
        const Indices three = sobol_indices(inputs_of(4), points, 1, 3, model)[0];
        RC_ASSERT(one.first == three.first);
        RC_ASSERT(one.total == three.total);
        RC_ASSERT(one.mean == three.mean);
        RC_ASSERT(shapley_effects(inputs_of(4), points, 1, 1, model) ==
                  shapley_effects(inputs_of(4), points, 1, 3, model));
    }));
}

TEST(VarianceLaw, PercentilesRiseAndAStretchedColumnHasStretchedOnes) {
    EXPECT_TRUE(rc::check([] {
        const auto rows = *rc::gen::inRange<std::size_t>(1, 50);
        const double by = 2 + any_weight();
        Matrix sample = Matrix::of(rows, 2);
        for (std::size_t r = 0; r < rows; ++r) {
            sample.at(r, 0) = any_weight();
            sample.at(r, 1) = by * sample.at(r, 0) + 1;
        }
        const Summary s = summary(sample, 0), stretched = summary(sample, 1);
        const std::vector<double> rising{s.p5, s.p10, s.p25, s.p50, s.p75, s.p90, s.p95};
        RC_ASSERT(std::is_sorted(rising.begin(), rising.end()));
        RC_ASSERT(std::fabs(stretched.mean - (by * s.mean + 1)) < 1e-12);
        RC_ASSERT(std::fabs(stretched.deviation - by * s.deviation) < 1e-12);
        RC_ASSERT(std::fabs(stretched.p25 - (by * s.p25 + 1)) < 1e-12);
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
