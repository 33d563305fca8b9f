// Quantiles and rank correlation, worked by hand.
#include "millwright/base/statistics.h"

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

TEST(Quantile, InterpolatesBetweenOrderStatistics) {
    EXPECT_DOUBLE_EQ(quantile({3, 1, 2}, 0.5), 2);
    EXPECT_DOUBLE_EQ(quantile({0, 10}, 0.25), 2.5);
    EXPECT_DOUBLE_EQ(quantile({7}, 0.9), 7);
    EXPECT_DOUBLE_EQ(quantile({}, 0.5), 0);
}

TEST(RankCorrelation, SeesOrderAlone) {
    EXPECT_DOUBLE_EQ(rank_correlation({1, 2, 3, 4}, {10, 100, 1000, 10000}), 1);
    EXPECT_DOUBLE_EQ(rank_correlation({1, 2, 3}, {3, 2, 1}), -1);
    EXPECT_DOUBLE_EQ(rank_correlation({1, 1, 1}, {3, 2, 1}), 0);
    // ties at their mean rank: ranks 0.5 0.5 2 against 0 1 2
    EXPECT_NEAR(rank_correlation({1, 1, 2}, {1, 2, 3}), 0.8660254037844387, 1e-12);
}

}  // namespace TEST_FILE
}  // namespace millwright
