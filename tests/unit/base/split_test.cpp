// The difference of two products in terms: by hand, at its limits, and what cannot be split.
#include <cmath>

#include <gtest/gtest.h>

#include "millwright/base/require.h"
#include "millwright/base/split.h"

namespace millwright {
namespace TEST_FILE {

ProductFactor number(const std::string& name, double a, double b, bool divides = false) {
    return {name, {}, {{name, a, b}}, divides};
}

std::vector<double> differences(const TwoProducts& products) {
    std::vector<double> all;
    for (const SplitTerm& term : split_difference(products)) all.push_back(term.difference);
    return all;
}

void expect_near(const std::vector<double>& got, const std::vector<double>& wanted) {
    ASSERT_EQ(got.size(), wanted.size());
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-12) << i;
}

TEST(Split, TheLogarithmicMeanHasItsLimits) {
    EXPECT_NEAR(logarithmic_mean(1, std::exp(1)), std::exp(1) - 1, 1e-15);
    EXPECT_EQ(logarithmic_mean(3, 3), 3);
    EXPECT_EQ(logarithmic_mean(0, 3), 0);
    EXPECT_EQ(logarithmic_mean(3, 0), 0);
    EXPECT_EQ(logarithmic_mean(0, 0), 0);
    EXPECT_EQ(logarithmic_mean(2, 7), logarithmic_mean(7, 2));
    // halfway between numbers that are nearly alike, to the last digits
    EXPECT_NEAR(logarithmic_mean(1, 1 + 1e-9), 1 + 0.5e-9, 1e-16);
    EXPECT_NEAR(logarithmic_mean(1e-300, 1e300) / 1e300, 1 / (600 * std::log(10)), 1e-15);
}

// 2 x 3 against 4 x 3, 2 x 6 and 4 x 6: what alone changes has the whole difference, what changes
// alike has a half each
TEST(Split, FactorsShareByTheirLogarithms) {
    expect_near(differences({1, {number("p", 2, 4), number("q", 3, 3)}}), {6, 0});
    expect_near(differences({1, {number("p", 2, 4), number("q", 3, 6)}}), {9, 9});
    expect_near(differences({10, {number("p", 2, 4), number("q", 3, 6)}}), {90, 90});
    // L(8, 2) = 6 / ln 4; 8 / 4 against 8 / 1
    expect_near(differences({1, {number("p", 8, 8), number("q", 4, 1, true)}}), {0, 6});
    // up by 4 and down by 4: nothing is left
    const double four = 4 * std::log(4.0);
    expect_near(differences({1, {number("p", 1, 4), number("q", 4, 1)}}), {four, -four});
}

TEST(Split, PartsShareAsTheirOwnDifferences) {
    const ProductFactor sum{"sum", {}, {{"x", 1, 4}, {"y", 3, 2}}};
    // 4 against 6, times 10: 3 and -1 of 2
    expect_near(differences({1, {sum, number("q", 10, 10)}}), {30, -10, 0});
    // the sum stays while its parts change places: the slope is that of the product
    const ProductFactor alike{"sum", {}, {{"x", 1, 3}, {"y", 3, 1}}};
    expect_near(differences({1, {alike, number("q", 10, 10)}}), {20, -20, 0});
    const double mean = logarithmic_mean(40, 80) / 4;
    expect_near(differences({1, {alike, number("q", 10, 20)}}), {2 * mean, -2 * mean, 40});
    ProductFactor below = alike;
    below.divides = true;
    expect_near(differences({1, {number("q", 8, 8), below}}), {0, -1, 1});
}

TEST(Split, AZeroTakesAll) {
    expect_near(differences({1, {number("p", 0, 4), number("q", 3, 5)}}), {20, 0});
    expect_near(differences({1, {number("p", 4, 0), number("q", 0.1, 5)}}), {-0.4, 0});
    expect_near(differences({1, {number("p", 0, 4), number("q", 0, 5)}}), {10, 10});
    expect_near(differences({1, {number("p", 0, 4), number("q", 3, 0)}}), {0, 0});
    expect_near(differences({1, {number("p", 0, 0), number("q", 3, 5)}}), {0, 0});
}

TEST(Split, TermsSayWhatTheyAre) {
    const auto ledger = [](double x, double y) {
        Ledger<Seconds> step{.name = "step"};
        step.add(Ledger<Seconds>{.name = "work"}.add("x", x * unit::s));
        return step.add("y", y * unit::s);
    };
    const ProductFactor factor = factor_of("time", ledger(1, 2), 10, ledger(3, 0), 100);
    ASSERT_EQ(factor.parts.size(), 2U);
    const std::vector<SplitTerm> terms = split_difference({1, {factor}});
    EXPECT_EQ(terms[0].factor, "time");
    EXPECT_EQ(terms[0].part, "work: x");
    EXPECT_EQ(terms[0].dimension, Seconds::dimension);
    EXPECT_EQ(terms[0].a, 10);
    EXPECT_EQ(terms[0].b, 300);
    EXPECT_NEAR(terms[0].difference, 290, 1e-9);
    EXPECT_EQ(terms[1].part, "y");
    EXPECT_NEAR(terms[1].difference, -20, 1e-9);
}

TEST(Split, WhatIsNoProductIsABrokenContract) {
    for (const double wrong : {-1.0, HUGE_VAL, std::nan("")}) {
        EXPECT_FALSE(can_be_split({1, {number("p", 1, wrong)}})) << wrong;
        EXPECT_FALSE(can_be_split({1, {number("p", wrong, 1)}})) << wrong;
    }
    EXPECT_TRUE(can_be_split({1, {number("p", 1, 0)}}));
    EXPECT_FALSE(can_be_split({1, {number("p", 1, 1), number("q", 1, 0, true)}}));
    // too large and too small for a double
    EXPECT_FALSE(can_be_split({1, {number("p", 1, 1e200), number("q", 1, 1e200)}}));
    EXPECT_FALSE(can_be_split({1, {number("p", 1, 1e-200), number("q", 1, 1e-200)}}));
    EXPECT_THROW(split_difference({1, {number("p", 1, -1)}}), BrokenContract);
}

}  // namespace TEST_FILE
}  // namespace millwright
