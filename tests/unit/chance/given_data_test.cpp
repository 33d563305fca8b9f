// What samples say without asking a model again.
#include "millwright/chance/given_data.h"

#include <cmath>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "millwright/chance/bins.h"

namespace millwright {
namespace TEST_FILE {

Matrix column_of(const std::vector<double>& values) { return {values.size(), 1, values}; }

/// How many rows each bin has.
std::vector<std::size_t> counts(const Bins& bins) {
    std::vector<std::size_t> all;
    for (std::size_t b = 0; b < bins.count(); ++b) all.push_back(bins.first[b + 1] - bins.first[b]);
    return all;
}

TEST(GivenData, BinsHaveEqualCountsAndPartNoEqualValues) {
    using Counts = std::vector<std::size_t>;
    EXPECT_EQ(bins_along(column_of({5, 3, 1, 2, 4, 6}), 0, 3).rows, (Counts{2, 3, 1, 4, 0, 5}));
    EXPECT_EQ(counts(bins_along(column_of({5, 3, 1, 2, 4, 6}), 0, 3)), (Counts{2, 2, 2}));
    EXPECT_EQ(counts(bins_along(column_of({1, 2, 3, 4, 5}), 0, 2)), (Counts{3, 2}));
    EXPECT_EQ(counts(bins_along(column_of({1, 1, 1, 1, 2, 3, 4, 5}), 0, 3)), (Counts{4, 2, 2}));
    EXPECT_EQ(counts(bins_along(column_of({7, 2, 7, 7, 2, 7}), 0, 3)), (Counts{2, 4}));
    EXPECT_EQ(counts(bins_along(column_of({7, 7, 7}), 0, 3)), (Counts{3}));
    EXPECT_EQ(bins_for(8), 2U);
    EXPECT_EQ(bins_for(4096), 16U);
    EXPECT_EQ(bins_for(1'000'000), 50U);
}

/// y = 3 a + 4 b + noise that no input knows, and ab, which neither tells alone.
TEST(GivenData, SharesOfAnAdditiveModel) {
    const Spread unit{Normal{0, 1}};
    const Matrix sample = draw({unit, unit, unit, {Point{2}}}, 1U << 14U, 3, 1);
    Matrix outputs = Matrix::of(sample.rows, 3);
    for (std::size_t r = 0; r < sample.rows; ++r) {
        const auto x = sample.row(r);
        outputs.at(r, 0) = 3 * x[0] + 4 * x[1] + 5 * x[2];
        outputs.at(r, 1) = x[0] * x[1];
        outputs.at(r, 2) = 7;
    }
    const auto shares = first_order_shares(sample, outputs);
    const std::vector<std::vector<double>> expected{
        {0.18, 0.32, 0.5, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}};
    for (std::size_t y = 0; y < 3; ++y) {
        for (std::size_t i = 0; i < 4; ++i) {
            EXPECT_NEAR(shares[y][i], expected[y][i], 0.015) << y << ' ' << i;
        }
    }
}

/// Two bins of 1, 3, 1, 3 and 5, 7, 5, 7: 32 of 40 lie between them, less what two bins of eight
/// rows would show by chance.
TEST(GivenData, TheCorrectedRatioByHand) {
    const Matrix inputs = column_of({1, 1, 1, 1, 2, 2, 2, 2});
    const Matrix outputs = column_of({1, 3, 1, 3, 5, 7, 5, 7});
    EXPECT_NEAR(first_order_shares(inputs, outputs)[0][0], 1 - 0.2 * 7 / 6, 1e-15);
}

/// A bet that wins or loses one with even chances against nothing: knowing is worth 1/2.
TEST(GivenData, PerfectInformationByHand) {
    EXPECT_EQ(perfect_information({2, 2, {1, 0, -1, 0}}), 0.5);
    EXPECT_EQ(perfect_information({2, 2, {2, 0, 1, 0}}), 0);
    EXPECT_EQ(perfect_information({3, 1, {2, 5, 1}}), 0);
    EXPECT_THROW(perfect_information({}), std::logic_error);
}

/// Gains a against zero, with a = x + z of normal numbers: knowing x is worth E max(x, 0) =
/// 1 / sqrt(2 pi), knowing both sqrt(2) as much, and knowing what has no part nothing.
TEST(GivenData, PartialInformationOfNormalGains) {
    const Spread unit{Normal{0, 1}};
    const Matrix sample = draw({unit, unit, unit, {Point{2}}}, 1U << 14U, 3, 1);
    Matrix gains = Matrix::of(sample.rows, 2);
    for (std::size_t r = 0; r < sample.rows; ++r) {
        gains.at(r, 0) = sample.at(r, 0) + sample.at(r, 1);
    }
    const double one = 1 / std::sqrt(2 * std::acos(-1.0));
    EXPECT_NEAR(perfect_information(gains), one * std::sqrt(2.0), 0.002);
    const std::vector<double> worth = partial_information(sample, gains);
    EXPECT_NEAR(worth[0], one, 0.006);
    EXPECT_NEAR(worth[1], one, 0.006);
    EXPECT_NEAR(worth[2], 0, 0.006);
    EXPECT_EQ(worth[3], 0);
}

TEST(GivenData, MatricesHaveAsManyRows) {
    EXPECT_THROW(first_order_shares(Matrix::of(2, 1), Matrix::of(3, 1)), std::logic_error);
    EXPECT_THROW(partial_information(Matrix::of(2, 1), Matrix::of(3, 1)), std::logic_error);
    EXPECT_EQ(first_order_shares(Matrix::of(0, 1), Matrix::of(0, 1))[0][0], 0);
    EXPECT_EQ(partial_information(Matrix::of(1, 1), Matrix::of(1, 2))[0], 0);
}

}  // namespace TEST_FILE
}  // namespace millwright
