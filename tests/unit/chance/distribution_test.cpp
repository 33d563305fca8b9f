// Distributions: quantiles and means worked by hand or published, ends, faults in words.
#include "millwright/chance/distribution.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "millwright/chance/inverse.h"

namespace millwright {
namespace TEST_FILE {

constexpr double infinite = std::numeric_limits<double>::infinity();

TEST(Distribution, QuantilesWorkedByHand) {
    EXPECT_DOUBLE_EQ(quantile({Uniform{2, 6}}, 0.25), 3);
    // the area up to 3 of the triangle 1, 3, 5 is a half; up to 2 an eighth
    EXPECT_DOUBLE_EQ(quantile({Triangular{1, 3, 5}}, 0.5), 3);
    EXPECT_DOUBLE_EQ(quantile({Triangular{1, 3, 5}}, 0.125), 2);
    EXPECT_DOUBLE_EQ(quantile({Triangular{1, 3, 5}}, 0.875), 4);
    EXPECT_NEAR(quantile({Normal{10, 2}}, 0.975), 10 + 2 * 1.959963984540054, 1e-12);
    EXPECT_NEAR(quantile({Lognormal{8, 2}}, 0.1), 4, 1e-12);
    EXPECT_NEAR(quantile({Lognormal{8, 2}}, 0.9), 16, 1e-12);
    EXPECT_NEAR(quantile({Lognormal{8, 2}}, 0.5), 8, 1e-12);
    // the chance of x and less is x^2, and 1 - (1 - x)^3
    EXPECT_NEAR(quantile({Beta{2, 1, 0, 10}}, 0.49), 7, 1e-12);
    EXPECT_NEAR(quantile({Beta{1, 3, 0, 1}}, 0.875), 0.5, 1e-13);
    // the arcsine law: sin^2(pi u / 2)
    EXPECT_NEAR(quantile({Beta{0.5, 0.5, 0, 1}}, 1.0 / 3), 0.25, 1e-13);
    EXPECT_NEAR(quantile({Pert{0, 5, 10}}, 0.5), 5, 1e-12);
}

TEST(Distribution, StepsAndObservations) {
    const Spread dice{Discrete{{3, 1, 2}, {0.25, 0.5, 0.25}}};
    EXPECT_EQ(quantile(dice, 0.5), 1);
    EXPECT_EQ(quantile(dice, 0.500001), 2);
    EXPECT_EQ(quantile(dice, 0.75), 2);
    EXPECT_EQ(quantile(dice, 0.76), 3);
    const Spread seen{Empirical{{7, 1, 3}}};
    EXPECT_DOUBLE_EQ(quantile(seen, 0.25), 2);
    EXPECT_DOUBLE_EQ(quantile(seen, 0.5), 3);
    EXPECT_DOUBLE_EQ(quantile(seen, 0.75), 5);
}

TEST(Distribution, MeansInClosedForm) {
    EXPECT_DOUBLE_EQ(mean({Point{4}}), 4);
    EXPECT_DOUBLE_EQ(mean({Uniform{2, 6}}), 4);
    EXPECT_DOUBLE_EQ(mean({Triangular{1, 3, 8}}), 4);
    EXPECT_DOUBLE_EQ(mean({Pert{0, 2, 10}}), 3);
    EXPECT_DOUBLE_EQ(mean({Normal{5, 3}}), 5);
    EXPECT_DOUBLE_EQ(mean({Beta{1, 3, 0, 8}}), 2);
    EXPECT_DOUBLE_EQ(mean({Discrete{{3, 1}, {0.25, 0.75}}}), 1.5);
    EXPECT_DOUBLE_EQ(mean({Empirical{{7, 1, 3}}}), 3.5);  // (2 + 5) / 2
    const double deviation = std::log(2.0) / 1.2815515655446004;
    EXPECT_NEAR(mean({Lognormal{8, 2}}), 8 * std::exp(deviation * deviation / 2), 1e-12);
}

/// Half of a normal law has the mean sqrt(2 / pi); of the triangle's rising side, two thirds.
TEST(Distribution, BetweenEnds) {
    EXPECT_NEAR(mean({Normal{0, 1}, 0}), std::sqrt(2 / std::acos(-1.0)), 1e-14);
    EXPECT_NEAR(quantile({Normal{0, 1}, 0}, 0.5), 0.6744897501960817, 1e-13);
    EXPECT_DOUBLE_EQ(mean({Triangular{0, 3, 5}, -infinite, 3}), 2);
    EXPECT_DOUBLE_EQ(mean({Uniform{0, 10}, 4, 8}), 6);
    EXPECT_DOUBLE_EQ(quantile({Uniform{0, 10}, 4, 8}, 0.25), 5);
    EXPECT_NEAR(mean({Beta{2, 1, 0, 1}, 0, 0.5}), 1.0 / 3, 1e-14);  // again a rising side
    const Spread cut{Discrete{{1, 2, 3, 4}, {0.4, 0.1, 0.3, 0.2}}, 2, 3};
    EXPECT_EQ(quantile(cut, 0.24), 2);
    EXPECT_EQ(quantile(cut, 0.26), 3);
    EXPECT_DOUBLE_EQ(mean(cut), 2.75);
    // from 2 to 5, of the straight pieces 1 to 3 and 3 to 7: a quarter and a quarter of the chance
    const Spread seen{Empirical{{7, 1, 3}}, 2, 5};
    EXPECT_DOUBLE_EQ(quantile(seen, 0.5), 3);
    EXPECT_DOUBLE_EQ(mean(seen), 3.25);
    EXPECT_EQ(quantile({Empirical{{7, 1, 3, 3}}, 3, 3}, 0.3), 3);
}

/// Each with a value that arithmetic on its ends would round.
TEST(Distribution, ASingleValueIsGivenBitForBit) {
    const double x = 0.1 + 0.2;
    const std::vector<Spread> certain{{Point{x}},
                                      {Uniform{x, x}},
                                      {Triangular{x, x, x}},
                                      {Pert{x, x, x}},
                                      {Normal{x, 0}},
                                      {Lognormal{x, 1}},
                                      {Beta{2, 3, x, x}},
                                      {Discrete{{x, 1, x}, {0.3, 0, 0.7}}},
                                      {Discrete{{x, 1}, {0.3, 0.7}}, 0, 0.5},
                                      {Empirical{{x}}},
                                      {Empirical{{x, x}}}};
    for (const Spread& spread : certain) {
        EXPECT_TRUE(faults_of(spread).empty()) << spread.of.index();
        EXPECT_TRUE(is_certain(spread)) << spread.of.index();
        for (const double u : {1e-300, 0.3, 0.7, 1 - 0x1p-53}) EXPECT_EQ(quantile(spread, u), x);
        EXPECT_EQ(mean(spread), x);
    }
    EXPECT_FALSE(is_certain({Uniform{1, 2}}));
    EXPECT_FALSE(is_certain({Discrete{{1, 2}, {0.5, 0.5}}}));
    EXPECT_THROW(quantile({Point{x}}, 0), std::logic_error);
    EXPECT_THROW(quantile({Point{x}}, 1), std::logic_error);
}

/// A table's quantiles are near those solved for, far out as well.
TEST(Distribution, TablesOfBetaAreWithinAMillionthOfTheDeviation) {
    for (const Beta& law : {Beta{1, 1}, Beta{1, 5}, Beta{3, 2}, Beta{1.01, 40}, Beta{900, 7000}}) {
        const Quantiles table({law}), exact({law}, Solving::exact);
        const double sum = law.a + law.b;
        const double deviation = std::sqrt(law.a * law.b / (sum + 1)) / sum;
        for (int i = 0; i < 500; ++i) {
            const double u = i < 40 ? std::pow(0.5, i + 1.3) : (i - 39.5) / 461;
            EXPECT_NEAR(table.at(u), exact.at(u), 1e-6 * deviation) << law.a << ' ' << u;
            EXPECT_NEAR(table.at(1 - u), exact.at(1 - u), 1e-6 * deviation) << law.a << ' ' << u;
        }
    }
}

/// All that is wrong with a spread, joined.
std::string told(const Spread& spread) {
    std::string all;
    for (const std::string& fault : faults_of(spread)) all += (all.empty() ? "" : "; ") + fault;
    return all;
}

TEST(Distribution, FaultsInWords) {
    EXPECT_EQ(told({Uniform{5, 3}}), "the low end 5 is above the high end 3");
    EXPECT_EQ(told({Uniform{-1.5e308, 1.5e308}}),
              "from -1.5e+308 to 1.5e+308 is too far for a number");
    EXPECT_EQ(told({Triangular{1, 0, 3}}), "the typical value 0 is below the low end 1");
    EXPECT_EQ(told({Pert{1, 4, 3}}), "the typical value 4 is above the high end 3");
    EXPECT_EQ(told({Normal{infinite, -1}}),
              "the mean is inf, not a finite number; the deviation -1 is below zero");
    EXPECT_EQ(told({Lognormal{0, 0.5}}),
              "the median 0 is not above zero; the factor 0.5 is below one");
    EXPECT_EQ(told({Lognormal{1, 1e13}}), "the factor 10000000000000 is above 1000000000000");
    EXPECT_EQ(told({Beta{0, 2}}), "the shape a is 0, not from 0.01 to 10000");
    EXPECT_EQ(told({Discrete{{1, 2}, {0.5, 0.25}}}), "the weights sum to 0.75, not to 1");
    EXPECT_EQ(told({Discrete{{1, 2}, {1.5, -0.5}}}), "a weight is -0.5, below zero");
    EXPECT_EQ(told({Discrete{{1, 2}, {1}}}), "there are 2 values and 1 weights");
    EXPECT_EQ(told({Empirical{}}), "there is no value");
    EXPECT_EQ(told({Point{std::nan("")}}), "the value is nan, not a finite number");
}

TEST(Distribution, FaultsOfEnds) {
    EXPECT_EQ(told({Uniform{0, 1}, 2, 3}), "nothing of it lies between 2 and 3");
    EXPECT_EQ(told({Uniform{0, 1}, 3, 2}), "it is to be at least 3 and at most 2");
    EXPECT_EQ(told({Normal{0, 1}, 7, 9}), "less than a billionth of it lies between 7 and 9");
    EXPECT_EQ(told({Point{1}, 2}), "nothing of it lies between 2 and inf");
    EXPECT_EQ(told({Uniform{0, 1}, std::nan(""), 1}),
              "an end that it lies between is not a number");
    EXPECT_EQ(told({Discrete{{1, 3}, {0.5, 0.5}}, 1.5, 2.5}),
              "nothing of it lies between 1.5 and 2.5");
    EXPECT_EQ(told({Discrete{{1, 3}, {0.5, 0.5}}, 3, 3}), "");
}

}  // namespace TEST_FILE
}  // namespace millwright
