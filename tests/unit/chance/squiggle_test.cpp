// Twenty expressions of uncertain quantities against Squiggle's samples of them
// (tests/oracle/squiggle).
#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "millwright/chance/summary.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

/// Mean and percentiles 5, 50 and 95.
using Figures = std::array<double, 4>;

std::map<std::string, Figures> expected() {
    std::ifstream file(repository_root() + "/tests/oracle/squiggle/expected.csv");
    std::map<std::string, Figures> rows;
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with('#') || line.starts_with("name,")) continue;
        std::replace(line.begin(), line.end(), ',', ' ');
        std::istringstream words(line);
        std::string name;
        Figures figures{};
        words >> name;
        for (double& figure : figures) words >> figure;
        EXPECT_TRUE(words) << line;
        rows[name] = figures;
    }
    return rows;
}

/// The inputs a to h of the script.
std::vector<Spread> inputs() {
    return {{Uniform{2, 6}},
            {Triangular{1, 2, 5}},
            {Pert{10, 14, 30}},
            {Normal{8, 1.5}},
            {Lognormal{6, 3}},
            {Beta{2, 5, 3, 7}},
            {Discrete{{1, 2, 5}, {0.5, 0.3, 0.2}}},
            {Normal{0, 1}, 0.5, 2}};
}

struct Values {
    double a, b, c, d, e, f, g, h;
};

using Expression = std::function<double(const Values&)>;

std::map<std::string, Expression> expressions() {
    using V = const Values&;
    return {
        {"sum", [](V x) { return x.a + x.b; }},
        {"sum_of_four", [](V x) { return x.a + x.b + x.d + x.f; }},
        {"difference", [](V x) { return x.d - x.c; }},
        {"product", [](V x) { return x.a * x.b; }},
        {"product_with_lognormal", [](V x) { return x.a * x.e; }},
        {"product_of_three", [](V x) { return x.a * x.b * x.c; }},
        {"quotient", [](V x) { return x.c / x.a; }},
        {"quotient_of_lognormal", [](V x) { return x.e / x.d; }},
        {"square", [](V x) { return x.a * x.a; }},
        {"cube", [](V x) { return x.b * x.b * x.b; }},
        {"root", [](V x) { return std::sqrt(x.c); }},
        {"power", [](V x) { return std::pow(x.b, x.h); }},
        {"inverse", [](V x) { return 1 / x.b; }},
        {"discrete", [](V x) { return x.g * x.a; }},
        {"discrete_sum", [](V x) { return x.g + x.d; }},
        {"discrete_quotient", [](V x) { return x.c / x.g; }},
        {"truncated", [](V x) { return x.h * x.c; }},
        {"ratio_of_sums", [](V x) { return (x.a + x.b) / (x.c + x.f); }},
        {"cost", [](V x) { return x.a * x.c + x.b * x.e; }},
        {"present_value", [](V x) { return x.e / std::pow(1 + x.h / 10, x.f); }},
    };
}

/// The standard error of Squiggle's 100,000 random samples is 0.001 of what lies between the outer
/// percentiles for means, and for the 95th up to 0.007 where the tail is long (the root of 0.05 x
/// 0.95 / 100,000 over the density there); even points err by less. Three of these, as all
/// expressions of one input share its samples.
TEST(Squiggle, ExpressionsHaveItsMeansAndPercentiles) {
    const Matrix sample = draw(inputs(), 1U << 14U, 1, 1);
    const std::map<std::string, Figures> told = expected();
    ASSERT_EQ(told.size(), 20U);
    for (const auto& [name, expression] : expressions()) {
        Matrix values = Matrix::of(sample.rows, 1);
        for (std::size_t r = 0; r < sample.rows; ++r) {
            const auto x = sample.row(r);
            values.at(r, 0) = expression({x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]});
        }
        const Summary s = summary(values, 0);
        ASSERT_TRUE(told.contains(name)) << name;
        const auto& [mean, p5, p50, p95] = told.at(name);
        const double tolerance = 0.02 * (p95 - p5);
        EXPECT_NEAR(s.mean, mean, tolerance / 2) << name;
        EXPECT_NEAR(s.p5, p5, tolerance) << name;
        EXPECT_NEAR(s.p50, p50, tolerance) << name;
        EXPECT_NEAR(s.p95, p95, tolerance) << name;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
