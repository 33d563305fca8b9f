// Samples: columns are quantile functions of even points, tied as asked.
#include "millwright/chance/sample.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "millwright/base/statistics.h"
#include "millwright/chance/sobol.h"

namespace millwright {
namespace TEST_FILE {

std::vector<Spread> three() { return {{Uniform{0, 2}}, {Normal{5, 1}}, {Lognormal{1, 3}}}; }

TEST(Sample, MatricesAreRowAfterRow) {
    Matrix matrix = Matrix::of(2, 3);
    matrix.at(1, 2) = 5;
    EXPECT_EQ(matrix.values, (std::vector<double>{0, 0, 0, 0, 0, 5}));
    EXPECT_EQ(matrix.row(1)[2], 5);
    EXPECT_EQ(matrix.column(2), (std::vector<double>{0, 5}));
}

TEST(Sample, ColumnsAreQuantilesOfSobolPoints) {
    const Matrix sample = draw(three(), 100, 4, 1);
    const SobolPoints points(3, 4);
    for (std::size_t r = 0; r < sample.rows; ++r) {
        for (std::size_t c = 0; c < 3; ++c) {
            EXPECT_EQ(sample.at(r, c), quantile(three()[c], points.at(r, c)));
        }
    }
}

TEST(Sample, RowsOfASmallerSampleAreTheFirstOfALarger) {
    for (const Copula copula : {Copula::gaussian, Copula::student}) {
        const auto ties = dependence(3, {{0, 2, 0.6}}, copula, 5);
        const Matrix few = draw(three(), *ties, 50, 1, 1);
        const Matrix many = draw(three(), *ties, 3000, 1, 2);
        EXPECT_TRUE(std::equal(few.values.begin(), few.values.end(), many.values.begin()));
    }
}

TEST(Sample, ImanConoverKeepsColumnsAndUntiedOnesTheirOrder) {
    const Matrix free = draw(three(), 512, 9, 1);
    const Matrix tied =
        draw(three(), *dependence(3, {{0, 2, -0.7}}, Copula::iman_conover), 512, 9, 1);
    EXPECT_EQ(free.column(1), tied.column(1));
    for (const std::size_t c : {0U, 2U}) {
        std::vector<double> before = free.column(c), after = tied.column(c);
        std::sort(before.begin(), before.end());
        std::sort(after.begin(), after.end());
        EXPECT_EQ(before, after);
    }
    EXPECT_NEAR(rank_correlation(tied.column(0), tied.column(2)), -0.7, 0.03);
}

/// Fewer rows than tied columns, and a single one.
TEST(Sample, ImanConoverOfFewRows) {
    const auto ties = dependence(3, {{0, 2, -0.7}, {0, 1, 0.2}}, Copula::iman_conover);
    EXPECT_EQ(draw(three(), *ties, 2, 9, 1).rows, 2U);
    EXPECT_EQ(draw(three(), *ties, 1, 9, 1).values, draw(three(), 1, 9, 1).values);
    EXPECT_TRUE(draw(three(), *ties, 0, 9, 1).values.empty());
}

TEST(Sample, TiesAreOfTheQuantitiesThereAre) {
    EXPECT_THROW(draw(three(), *dependence(2, {}), 4, 1, 1), std::logic_error);
}

}  // namespace TEST_FILE
}  // namespace millwright
