// Sobol points: their table, how evenly they lie, and how fast means over them settle.
#include "millwright/chance/sobol.h"

#include <bit>
#include <cmath>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "millwright/base/random.h"
#include "millwright/chance/sobol_numbers.h"

namespace millwright {
namespace TEST_FILE {

/// First lines of new-joe-kuo-6: dimensions 2 to 6, and that each m_k is odd and below 2^k.
TEST(Sobol, DirectionNumbersAreThosePublished) {
    const auto numbers = sobol_numbers();
    ASSERT_EQ(numbers.size(), 127U);
    EXPECT_EQ(numbers[0].polynomial, 0b11U);
    EXPECT_EQ(numbers[1].polynomial, 0b111U);
    EXPECT_EQ(numbers[2].polynomial, 0b1011U);
    EXPECT_EQ(numbers[3].polynomial, 0b1101U);
    EXPECT_EQ(numbers[4].polynomial, 0b10011U);
    EXPECT_EQ((std::vector<std::uint32_t>(numbers[4].first.begin(), numbers[4].first.begin() + 5)),
              (std::vector<std::uint32_t>{1, 1, 3, 3, 0}));
    std::set<std::uint32_t> polynomials;
    for (const SobolNumbers& row : numbers) {
        EXPECT_TRUE(polynomials.insert(row.polynomial).second);
        const unsigned degree = static_cast<unsigned>(std::bit_width(row.polynomial)) - 1;
        for (unsigned k = 0; k < row.first.size(); ++k) {
            if (k < degree) {
                EXPECT_EQ(row.first[k] % 2, 1U);
                EXPECT_LT(row.first[k], 2U << k);
            } else {
                EXPECT_EQ(row.first[k], 0U);
            }
        }
    }
}

/// The power of x that is one again, by multiplying by x: 2^degree - 1 where it is primitive.
std::uint32_t order_of(std::uint32_t polynomial) {
    const auto degree = static_cast<unsigned>(std::bit_width(polynomial)) - 1;
    std::uint32_t power = 1, count = 0;
    do {
        power <<= 1U;
        if ((power >> degree) != 0) power ^= polynomial;
        ++count;
    } while (power != 1 && count < 2U << degree);
    return count;
}

TEST(Sobol, PolynomialsArePrimitive) {
    for (const SobolNumbers& row : sobol_numbers()) {
        const auto degree = static_cast<unsigned>(std::bit_width(row.polynomial)) - 1;
        EXPECT_EQ(order_of(row.polynomial), (1U << degree) - 1) << row.polynomial;
    }
}

/// Whether points from `first` on have exactly one in each of 2^m intervals of a dimension.
bool even(const SobolPoints& points, std::size_t dimension, unsigned m, std::uint64_t first) {
    const std::uint64_t count = std::uint64_t{1} << m;
    std::set<std::uint64_t> cells;
    for (std::uint64_t i = first; i < first + count; ++i) {
        cells.insert(
            static_cast<std::uint64_t>(points.at(i, dimension) * static_cast<double>(count)));
    }
    return cells.size() == count;
}

/// 130 dimensions: two more than have direction numbers.
TEST(Sobol, EveryIntervalOfEveryDimensionHoldsOnePoint) {
    const SobolPoints points(130, 5);
    for (std::size_t d = 0; d < points.dimensions(); ++d) {
        for (unsigned m = 1; m <= 10; ++m) {
            EXPECT_TRUE(even(points, d, m, 0)) << d << ", " << m;
            EXPECT_TRUE(even(points, d, m, std::uint64_t{3} << m)) << d << ", " << m;
        }
    }
}

/// The first two dimensions are a (0, m, 2)-net: every box of 2^-a by 2^-(m - a) holds one point.
TEST(Sobol, EveryBoxOfTheFirstPairHoldsOnePoint) {
    const SobolPoints points(2, 11);
    constexpr unsigned m = 10;
    for (unsigned a = 0; a <= m; ++a) {
        std::set<std::pair<unsigned, unsigned>> boxes;
        for (std::uint64_t i = 0; i < (1U << m); ++i) {
            boxes.emplace(static_cast<unsigned>(points.at(i, 0) * (1U << a)),
                          static_cast<unsigned>(points.at(i, 1) * (1U << (m - a))));
        }
        EXPECT_EQ(boxes.size(), 1U << m) << a;
    }
}

TEST(Sobol, PointsAreAFunctionOfSeedIndexAndDimension) {
    const SobolPoints few(3, 1), many(140, 1), other(140, 2);
    std::set<double> seen;
    for (std::uint64_t i : {std::uint64_t{0}, std::uint64_t{7}, most_sobol_points - 1}) {
        for (std::size_t d = 0; d < many.dimensions(); ++d) {
            if (d < few.dimensions()) {
                EXPECT_EQ(few.at(i, d), many.at(i, d));
            }
            EXPECT_TRUE(seen.insert(many.at(i, d)).second);
            EXPECT_TRUE(seen.insert(other.at(i, d)).second);
            EXPECT_GT(many.at(i, d), 0);
            EXPECT_LT(many.at(i, d), 1);
        }
    }
    EXPECT_THROW(few.at(0, 3), std::logic_error);
    EXPECT_THROW(few.at(most_sobol_points, 0), std::logic_error);
}

/// Of the product of (1 + (x - 1/2)) over four dimensions, whose mean is one: root of the mean
/// squared error over 16 seeds.
template <class At>
double error_over_seeds(std::uint64_t n, const At& at) {
    double squares = 0;
    for (std::uint64_t seed = 0; seed < 16; ++seed) {
        double sum = 0;
        for (std::uint64_t i = 0; i < n; ++i) {
            double product = 1;
            for (std::size_t d = 0; d < 4; ++d) product *= 0.5 + at(seed, i, d);
            sum += product;
        }
        squares += std::pow(sum / static_cast<double>(n) - 1, 2);
    }
    return std::sqrt(squares / 16);
}

/// 64 times the points: chance alone would make the error eight times smaller.
TEST(Sobol, ErrorsOfMeansFallFasterThanThoseOfChance) {
    std::vector<SobolPoints> points;
    for (std::uint64_t seed = 0; seed < 16; ++seed) points.emplace_back(4, seed);
    const auto at = [&](std::uint64_t seed, std::uint64_t i, std::size_t d) {
        return points[seed].at(i, d);
    };
    const auto chance = [](std::uint64_t seed, std::uint64_t i, std::size_t d) {
        return Draw(seed, d, i).uniform();
    };
    const double few = error_over_seeds(64, at), many = error_over_seeds(4096, at);
    EXPECT_LT(many, few / 100);
    EXPECT_LT(many, error_over_seeds(4096, chance) / 30);
}

/// Scrambling makes each point uniform over seeds: the first point's mean and spread.
TEST(Sobol, EachPointIsUniformOverSeeds) {
    for (const std::size_t d : {0U, 1U, 77U, 129U}) {
        double sum = 0, squares = 0;
        for (std::uint64_t seed = 0; seed < 2000; ++seed) {
            const double x = SobolPoints(d + 1, seed).at(5, d);
            sum += x / 2000;
            squares += x * x / 2000;
        }
        EXPECT_NEAR(sum, 1.0 / 2, 0.03) << d;      // deviation 0.0065
        EXPECT_NEAR(squares, 1.0 / 3, 0.03) << d;  // 0.0067
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
