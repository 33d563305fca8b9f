// Columns in a few numbers, worked by hand.
#include "millwright/chance/summary.h"

#include <cmath>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

/// 0 to 20 in the second column, from the last on.
Matrix falling() {
    Matrix sample = Matrix::of(21, 2);
    for (std::size_t r = 0; r < 21; ++r) sample.at(r, 1) = static_cast<double>(20 - r);
    return sample;
}

TEST(Summary, OfACountToTwenty) {
    const Summary s = summary(falling(), 1);
    EXPECT_DOUBLE_EQ(s.mean, 10);
    EXPECT_DOUBLE_EQ(s.deviation, std::sqrt(38.5));  // 770 / 20
    EXPECT_DOUBLE_EQ(s.p5, 1);
    EXPECT_DOUBLE_EQ(s.p10, 2);
    EXPECT_DOUBLE_EQ(s.p25, 5);
    EXPECT_DOUBLE_EQ(s.p50, 10);
    EXPECT_DOUBLE_EQ(s.p75, 15);
    EXPECT_DOUBLE_EQ(s.p90, 18);
    EXPECT_DOUBLE_EQ(s.p95, 19);
}

TEST(Summary, OfOneValueIsThatValue) {
    const double x = 0.1 + 0.2;
    const Summary one = summary({1, 1, {x}}, 0), same = summary({3, 1, {x, x, x}}, 0);
    EXPECT_EQ(one.mean, x);
    EXPECT_EQ(same.mean, x);
    EXPECT_EQ(one.deviation, 0);
    EXPECT_EQ(same.deviation, 0);
    EXPECT_EQ(same.p95, x);
    EXPECT_THROW(summary(Matrix::of(0, 1), 0), std::logic_error);
    EXPECT_THROW(summary(falling(), 2), std::logic_error);
}

/// Tenths of 20 rows are two: inputs 0, 1 and 18, 19 with outputs twice as large and one more.
TEST(Summary, TornadoOfAStraightLine) {
    Matrix inputs = Matrix::of(20, 3), outputs = Matrix::of(20, 1);
    for (std::size_t r = 0; r < 20; ++r) {
        const double x = static_cast<double>((r * 7) % 20);
        inputs.at(r, 0) = x;
        inputs.at(r, 1) = 5;
        inputs.at(r, 2) = x < 10 ? 0 : 1;  // its lowest tenth is half of the rows
        outputs.at(r, 0) = 2 * x + 1;
    }
    const std::vector<Swing> swings = tornado(inputs, outputs, 0);
    EXPECT_DOUBLE_EQ(swings[0].low, 2);
    EXPECT_DOUBLE_EQ(swings[0].high, 38);
    EXPECT_DOUBLE_EQ(swings[1].low, 20);
    EXPECT_DOUBLE_EQ(swings[1].high, 20);
    EXPECT_DOUBLE_EQ(swings[2].low, 10);
    EXPECT_DOUBLE_EQ(swings[2].high, 30);
    EXPECT_THROW(tornado(inputs, outputs, 1), std::logic_error);
}

}  // namespace TEST_FILE
}  // namespace millwright
