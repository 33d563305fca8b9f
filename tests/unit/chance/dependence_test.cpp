// Ties of quantities: factors worked by hand, contradictions, copulas.
#include "millwright/chance/dependence.h"

#include <cmath>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "millwright/base/random.h"
#include "millwright/base/statistics.h"
#include "millwright/chance/special.h"

namespace millwright {
namespace TEST_FILE {

TEST(Dependence, CholeskyByHand) {
    // 4 2 / 2 10 = (2 0 / 1 3) (2 1 / 0 3)
    const auto factor = cholesky({4, 0, 2, 10}, 2);
    ASSERT_TRUE(factor);
    EXPECT_EQ(*factor, (std::vector<double>{2, 0, 1, 3}));
    EXPECT_FALSE(cholesky({1, 0, 2, 1}, 2));
    EXPECT_THROW(cholesky({1, 0}, 2), std::logic_error);
}

/// Rank correlation 1/2 wants 2 sin(pi / 12) of normal numbers.
TEST(Dependence, OnlyWhatIsNamedIsTied) {
    const auto ties = dependence(4, {{3, 1, 0.5}});
    ASSERT_TRUE(ties);
    EXPECT_EQ(ties->tied, (std::vector<std::size_t>{1, 3}));
    EXPECT_NEAR(ties->factor[2], 2 * std::sin(std::acos(-1.0) / 12), 1e-15);
    EXPECT_NEAR(ties->factor[2] * ties->factor[2] + ties->factor[3] * ties->factor[3], 1, 1e-15);
    const std::vector<double> row = uniforms(*ties, std::vector<double>{0.1, 0.2, 0.3, 0.4});
    EXPECT_EQ(row[0], 0.1);
    EXPECT_EQ(row[2], 0.3);
    EXPECT_NEAR(row[1], 0.2, 1e-15);
    const double normal =
        ties->factor[2] * normal_quantile(0.2) + ties->factor[3] * normal_quantile(0.4);
    EXPECT_NEAR(normal_quantile(row[3]), normal, 1e-13);
}

TEST(Dependence, ContradictionsAreNamed) {
    // 0 and 1, 1 and 2 rise together, so 0 and 2 cannot fall
    const std::vector<Correlation> cannot{{3, 4, 0.5}, {0, 1, 0.9}, {1, 2, 0.9}, {0, 2, -0.8}};
    EXPECT_FALSE(dependence(5, cannot));
    const std::vector<std::size_t> places = impossible(5, cannot);
    EXPECT_EQ(places, (std::vector<std::size_t>{1, 2}));  // with none between 0 and 2 neither
    EXPECT_TRUE(impossible(5, {{3, 4, 0.5}, {0, 1, 0.9}, {1, 2, 0.9}, {0, 2, 0.8}}).empty());
    EXPECT_EQ(impossible(2, {{0, 1, 1}}), (std::vector<std::size_t>{0}));
    EXPECT_EQ(impossible(3, {{0, 1, 0.6}, {1, 2, 0.6}, {0, 2, -0.6}}),
              (std::vector<std::size_t>{0, 1, 2}));
}

TEST(Dependence, PairsAreOfTwoQuantitiesAndNamedOnce) {
    EXPECT_THROW(dependence(2, {{0, 2, 0.1}}), std::logic_error);
    EXPECT_THROW(dependence(2, {{1, 1, 0.1}}), std::logic_error);
    EXPECT_THROW(dependence(2, {{0, 1, 1.5}}), std::logic_error);
    EXPECT_THROW(dependence(2, {{0, 1, 0.1}, {1, 0, 0.1}}), std::logic_error);
    EXPECT_THROW(dependence(2, {{0, 1, 0.1}}, Copula::student, 0), std::logic_error);
}

/// How often, of rows where one of two is in its upper hundredth, the other is too.
double together(const Dependence& ties) {
    int both = 0, one = 0;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        Draw draw(3, 9, i);
        std::vector<double> independent(dimensions(ties));
        for (double& u : independent) u = draw.uniform_open();
        const std::vector<double> row = uniforms(ties, independent);
        one += row[0] > 0.99 ? 1 : 0;
        both += row[0] > 0.99 && row[1] > 0.99 ? 1 : 0;
    }
    return static_cast<double>(both) / one;
}

/// With rank correlation 1/2 the upper hundredths meet 13 times in a hundred for normal numbers,
/// and with three degrees of freedom nearly three times as often (the limit is 0.31).
TEST(Dependence, ExtremesComeTogetherUnderStudentsCopula) {
    const auto normal = dependence(2, {{0, 1, 0.5}});
    const auto student = dependence(2, {{0, 1, 0.5}}, Copula::student, 3);
    EXPECT_EQ(dimensions(*normal), 2U);
    EXPECT_EQ(dimensions(*student), 3U);
    EXPECT_NEAR(together(*normal), 0.13, 0.06);
    EXPECT_NEAR(together(*student), 0.35, 0.08);
}

TEST(Dependence, SpecialFunctionsHavePublishedValues) {
    EXPECT_NEAR(normal_share(1.959963984540054), 0.975, 1e-15);
    EXPECT_NEAR(normal_density(0), 1 / std::sqrt(2 * std::acos(-1.0)), 1e-16);
    EXPECT_NEAR(student_share(4, 2.7764451051977987), 0.975, 1e-12);
    EXPECT_NEAR(student_share(1, 1), 0.75, 1e-14);
    EXPECT_NEAR(chi_squared_quantile(2, 0.75), 2 * std::log(4.0), 1e-12);
    EXPECT_NEAR(chi_squared_quantile(10, 0.95), 18.307038053275146, 1e-11);
    EXPECT_NEAR(beta_share(2, 3, 0.4), 0.5248, 1e-15);  // 6 x^2 - 8 x^3 + 3 x^4
    EXPECT_NEAR(beta_density(2, 3, 0.4), 12 * 0.4 * 0.36, 1e-14);
    EXPECT_NEAR(beta_quantile(2, 3, 0.5248, 0.9), 0.4, 1e-14);
}

}  // namespace TEST_FILE
}  // namespace millwright
