// Fits to errors that are lines of the logarithms, where the answer is known.
#include "millwright/evidence/robust_fit.h"

#include <gtest/gtest.h>

#include <cmath>

namespace millwright {
namespace TEST_FILE {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

/// Rows that tell of the first two numbers in turn and together, and of the third not at all.
Matrix shares() {
    Matrix rows;
    for (int i = 0; i < 6; ++i) {
        for (const Vector& share : {Vector{1, 0, 0}, Vector{0, 0.5, 0}, Vector{0.6, 0.4, 0}}) {
            rows.push_back(share);
        }
    }
    return rows;
}

/// Errors of rows that were made with `truth`; `off` is added to some.
ErrorsAt made_with(const Vector& truth, const Vector& off = Vector(shares().size())) {
    return [truth, off](const Matrix& points) {
        Matrix all;
        for (const Vector& point : points) {
            Vector errors = off;
            for (std::size_t i = 0; i < errors.size(); ++i) {
                for (std::size_t k = 0; k < point.size(); ++k) {
                    errors[i] += shares()[i][k] * std::log(point[k] / truth[k]);
                }
            }
            all.push_back(errors);
        }
        return all;
    };
}

const std::vector<FittedNumber> numbers(3, {.start = 1, .low = 0.1, .high = 10, .spread = 0.7});
const Vector even(18, 0.3);

TEST(RobustFit, FindsWhatRowsWereMadeWith) {
    const RobustFit fit = robust_fit(numbers, even, made_with({1.5, 0.7, 3}));
    EXPECT_NEAR(fit.values[0], 1.5, 0.01);
    EXPECT_NEAR(fit.values[1], 0.7, 0.01);
    EXPECT_EQ(fit.values[2], 1) << "no row sees it";
    EXPECT_EQ(fit.seen, (std::vector<bool>{true, true, false}));
    EXPECT_GT(fit.told[0], 0.9);
    EXPECT_EQ(fit.told[2], 0);
    for (const double error : fit.errors) EXPECT_LT(std::abs(error), 0.01);
    EXPECT_NEAR(fit.slopes[2][0], 0.6, 1e-9);
}

/// Far from the catalog in every row, beyond what one row alone may be.
TEST(RobustFit, FindsASystemThatIsAltogetherUnlike) {
    const RobustFit fit = robust_fit(numbers, even, made_with({5, 0.2, 1}));
    EXPECT_NEAR(fit.values[0], 5, 0.1);
    EXPECT_NEAR(fit.values[1], 0.2, 0.01);
}

TEST(RobustFit, OneBadRowMovesNothing) {
    for (const double bad : {-2.0, -0.4, 0.4, 2.0}) {
        Vector off(18);
        off[3] = bad;
        const RobustFit fit = robust_fit(numbers, even, made_with({1.5, 0.7, 1}, off));
        EXPECT_NEAR(fit.values[0], 1.5, 0.02) << bad;
        EXPECT_NEAR(fit.values[1], 0.7, 0.02) << bad;
    }
}

TEST(RobustFit, StaysWithinItsBoundsAndSettlesTheRestThere) {
    std::vector<FittedNumber> bounded = numbers;
    bounded[0].high = 1.2;
    const RobustFit fit = robust_fit(bounded, even, made_with({1.5, 0.7, 1}));
    EXPECT_NEAR(fit.values[0], 1.2, 1e-9);
    EXPECT_GT(fit.values[1], 0.65);
    // a start outside is taken in
    bounded[1].start = 0.01;
    EXPECT_NEAR(robust_fit(bounded, even, made_with({1.1, 0.7, 1})).values[1], 0.7, 0.02);
}

/// Little is told by rows that count little: the number stays nearer its start.
TEST(RobustFit, FaintRowsMoveLess) {
    std::vector<FittedNumber> stiff = numbers;
    stiff[0].spread = 0.02;
    const double moved = robust_fit(stiff, even, made_with({1.5, 0.7, 1})).values[0];
    const double faint = robust_fit(stiff, Vector(18, 1e-3), made_with({1.5, 0.7, 1})).values[0];
    EXPECT_GT(moved, faint);
    EXPECT_GT(faint, 1);
    EXPECT_LT(faint, 1.02);
}

TEST(RobustFit, WhereAPointGivesNothingItIsNotTaken) {
    const ErrorsAt lines = made_with({1.5, 0.7, 1});
    const ErrorsAt torn = [&](const Matrix& points) {
        Matrix all = lines(points);
        for (std::size_t p = 0; p < points.size(); ++p) {
            if (points[p][0] > 1.3) all[p].assign(18, INFINITY);
        }
        return all;
    };
    const RobustFit fit = robust_fit(numbers, even, torn);
    EXPECT_LE(fit.values[0], 1.3);
    for (const double error : fit.errors) EXPECT_TRUE(std::isfinite(error));
}

TEST(Refits, LeaveRowsOutAsAWholeFitWould) {
    Vector off(18);
    for (std::size_t i = 0; i < 3; ++i) off[i] = 0.1;
    const ErrorsAt rows = made_with({1.5, 0.7, 1}, off);
    const RobustFit fit = robust_fit(numbers, even, rows);
    Vector weights = even;
    for (std::size_t i = 0; i < 3; ++i) weights[i] = 0;
    const Vector without = refitted(numbers, weights, fit);
    const Vector whole = robust_fit(numbers, weights, rows).values;
    EXPECT_NEAR(without[0], whole[0], 0.005);
    EXPECT_NEAR(without[1], whole[1], 0.005);
    EXPECT_EQ(without[2], 1);
}

}  // namespace TEST_FILE
}  // namespace millwright
