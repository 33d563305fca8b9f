// Shares of variance of models whose indices are known in closed form.
#include "millwright/chance/indices.h"

#include <cmath>
#include <functional>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "millwright/chance/given_data.h"

namespace millwright {
namespace TEST_FILE {

const double pi = std::acos(-1.0);

using Row = std::span<const double>;

/// A model of rows from functions of one row.
BlockModel model_of(std::vector<std::function<double(Row)>> outputs) {
    return [outputs](const Matrix& inputs) {
        Matrix made = Matrix::of(inputs.rows, outputs.size());
        for (std::size_t r = 0; r < inputs.rows; ++r) {
            for (std::size_t y = 0; y < outputs.size(); ++y) {
                made.at(r, y) = outputs[y](inputs.row(r));
            }
        }
        return made;
    };
}

/// Ishigami and Homma (1990) with a = 7, b = 0.1.
double ishigami(Row x) {
    return std::sin(x[0]) + 7 * std::pow(std::sin(x[1]), 2) +
           0.1 * std::pow(x[2], 4) * std::sin(x[0]);
}

/// Sobol's g: the product of (|4 x - 2| + a) / (1 + a).
const std::vector<double> g_constants{0, 1, 4.5, 9};

double sobol_g(Row x) {
    double product = 1;
    for (std::size_t i = 0; i < g_constants.size(); ++i) {
        product *= (std::fabs(4 * x[i] - 2) + g_constants[i]) / (1 + g_constants[i]);
    }
    return product;
}

std::vector<Spread> angles() { return std::vector<Spread>(3, {Uniform{-pi, pi}}); }
std::vector<Spread> units(std::size_t n) { return std::vector<Spread>(n, {Uniform{0, 1}}); }

struct IshigamiParts {
    double first_0, first_1, both_02, variance;
};

IshigamiParts ishigami_parts() {
    const double a = 7, b = 0.1, pi4 = std::pow(pi, 4), pi8 = pi4 * pi4;
    IshigamiParts parts{std::pow(1 + b * pi4 / 5, 2) / 2, a * a / 8, b * b * pi8 * 8 / 225, 0};
    parts.variance = parts.first_0 + parts.first_1 + parts.both_02;
    return parts;
}

TEST(Indices, OfIshigamisFunction) {
    const Indices found = sobol_indices(angles(), 1U << 13U, 1, 1, model_of({ishigami}))[0];
    const auto [first_0, first_1, both, variance] = ishigami_parts();
    EXPECT_NEAR(found.mean, 3.5, 0.01);
    EXPECT_NEAR(found.variance, variance, 0.01 * variance);
    EXPECT_NEAR(found.first[0], first_0 / variance, 0.01);
    EXPECT_NEAR(found.first[1], first_1 / variance, 0.01);
    EXPECT_NEAR(found.first[2], 0, 0.01);
    EXPECT_NEAR(found.total[0], (first_0 + both) / variance, 0.01);
    EXPECT_NEAR(found.total[1], first_1 / variance, 0.01);
    EXPECT_NEAR(found.total[2], both / variance, 0.01);
}

/// V_i = 1 / (3 (1 + a_i)^2); the variance is the product of all (1 + V_i), less one.
TEST(Indices, OfSobolsG) {
    const Indices found = sobol_indices(units(4), 1U << 13U, 1, 1, model_of({sobol_g}))[0];
    std::vector<double> own;
    double product = 1;
    for (const double a : g_constants) {
        own.push_back(1 / (3 * (1 + a) * (1 + a)));
        product *= 1 + own.back();
    }
    EXPECT_NEAR(found.variance, product - 1, 0.01 * (product - 1));
    for (std::size_t i = 0; i < own.size(); ++i) {
        EXPECT_NEAR(found.first[i], own[i] / (product - 1), 0.01);
        EXPECT_NEAR(found.total[i], own[i] * product / (1 + own[i]) / (product - 1), 0.01);
    }
}

/// Shapley effects halve what two inputs make together.
TEST(Indices, ShapleyEffectsOfIshigamisFunction) {
    const auto [first_0, first_1, both, variance] = ishigami_parts();
    for (const auto effects : {shapley_by_sets, shapley_by_orders}) {
        const std::vector<double> found =
            effects(angles(), 1U << 14U, 1, 2, model_of({ishigami}))[0];
        EXPECT_NEAR(found[0], (first_0 + both / 2) / variance, 0.01);
        EXPECT_NEAR(found[1], first_1 / variance, 0.01);
        EXPECT_NEAR(found[2], both / 2 / variance, 0.01);
        EXPECT_NEAR(std::accumulate(found.begin(), found.end(), 0.0), 1, 1e-12);
    }
}

/// Two outputs of one evaluation; a certain input has no part in either, and an output that does
/// not vary owes nothing to any.
TEST(Indices, OutputsShareEvaluations) {
    std::vector<Spread> inputs = units(3);
    inputs.insert(inputs.begin() + 1, {Point{4}});
    const BlockModel model =
        model_of({[](Row x) { return 1e6 + 3 * x[0] + 4 * x[2]; }, [](Row x) { return x[1]; },
                  [](Row x) { return x[3] * x[1]; }});
    const auto found = sobol_indices(inputs, 4096, 1, 1, model);
    const auto shapley = shapley_effects(inputs, 4096, 1, 1, model);
    ASSERT_EQ(found.size(), 3U);
    const std::vector<std::vector<double>> shares{{0.36, 0, 0.64, 0}, {0, 0, 0, 0}, {0, 0, 0, 1}};
    for (std::size_t y = 0; y < shares.size(); ++y) {
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            EXPECT_NEAR(found[y].first[i], shares[y][i], 0.005);
            EXPECT_NEAR(found[y].total[i], shares[y][i], 0.005);
            EXPECT_NEAR(shapley[y][i], shares[y][i], 0.005);
        }
    }
    EXPECT_NEAR(found[0].mean, 1e6 + 3.5, 1e-3);
    EXPECT_NEAR(found[0].variance, 25.0 / 12, 0.01);
    EXPECT_EQ(found[1].variance, 0);
    EXPECT_EQ(found[1].mean, 4);
}

/// Twelve inputs are beyond sets: x_i with weight i, whose effects are i^2 over their sum.
TEST(Indices, ManyInputsAreOrdered) {
    const BlockModel model = model_of({[](Row x) {
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(i) * x[i];
        return sum;
    }});
    const auto found = shapley_effects(units(12), 4096, 1, 1, model)[0];
    for (std::size_t i = 0; i < 12; ++i) {
        EXPECT_NEAR(found[i], static_cast<double>(i * i) / 506, 0.01) << i;
    }
    EXPECT_EQ(found, shapley_by_orders(units(12), 4096, 1, 2, model)[0]);
    EXPECT_THROW(shapley_by_sets(units(17), 2, 1, 1, model), std::logic_error);
}

Dependence pair_of(std::size_t n, double rank, Copula copula = Copula::gaussian) {
    return dependence(n, {{0, 1, rank}}, copula, 4).value();
}

/// Owen and Prieur, "On Shapley value for measuring importance of dependent inputs", SIAM/ASA J.
/// Uncertainty Quantif. 5 (2017) 986-1002, for 2 x + 1 y of correlated normal numbers, and 2 z.
TEST(Indices, ShapleyEffectsOfTiedNormalNumbers) {
    const std::vector<Spread> normal(3, Spread{Normal{0, 1}});
    const BlockModel model = model_of({[](Row x) { return 2 * x[0] + x[1] + 2 * x[2]; }});
    for (const double rank : {-0.9, 0.3, 0.8}) {
        const double r = 2 * std::sin(pi * rank / 6);
        const double both = 2 * 2 * 1 * r, of_pair = 4 + 1 + both;
        const double first = 4 * (1 - r * r / 2) + both / 2 + r * r / 2;
        for (const Copula copula : {Copula::gaussian, Copula::iman_conover}) {
            const auto found =
                shapley_of_tied(normal, pair_of(3, rank, copula), 1U << 14U, 1, 1, model)[0];
            EXPECT_NEAR(found[0], first / (of_pair + 4), 0.015) << rank;
            EXPECT_NEAR(found[1], (of_pair - first) / (of_pair + 4), 0.015) << rank;
            EXPECT_NEAR(found[2], 4 / (of_pair + 4), 0.015) << rank;
        }
    }
}

/// Of an output of x alone, y has half of what it tells of x: extremes that come together tell
/// something without any correlation.
TEST(Indices, AnInputThatDoesNothingSharesWhatItTells) {
    const std::vector<Spread> inputs(2, Spread{Uniform{-1, 1}});
    const BlockModel model =
        model_of({[](Row x) { return std::exp(x[0]); }, [](Row x) { return x[0] * x[0]; }});
    for (const Copula copula : {Copula::gaussian, Copula::student}) {
        for (const double rank : {0.0, 0.7}) {
            const Dependence ties = pair_of(2, rank, copula);
            const Matrix sample = draw(inputs, ties, 1U << 16U, 1, 1);
            const auto told = first_order_shares(sample, model(sample));
            const auto found = shapley_of_tied(inputs, ties, 1U << 14U, 1, 2, model);
            for (std::size_t y = 0; y < 2; ++y) {
                EXPECT_NEAR(found[y][1], told[y][1] / 2, 0.015) << rank << " output " << y;
            }
        }
    }
}

/// Ties of certain inputs tell nothing; without any the bits are those of independent inputs.
TEST(Indices, WithoutTiesShapleyEffectsAreThoseOfOrders) {
    std::vector<Spread> inputs = units(3);
    inputs[1] = {Point{4}};
    const BlockModel model = model_of({[](Row x) { return x[0] * x[1] + x[2]; }});
    const auto free = shapley_by_orders(inputs, 512, 3, 1, model);
    EXPECT_EQ(shapley_of_tied(inputs, dependence(3, {}).value(), 512, 3, 1, model), free);
    EXPECT_EQ(shapley_of_tied(inputs, pair_of(3, 0.9, Copula::student), 512, 3, 1, model), free);
    inputs[1] = {Uniform{0, 1}};
    // as strong as correlations can be, in every order
    const Dependence close =
        dependence(3, {{0, 1, 0.999999}, {1, 2, 0.999999}, {0, 2, 0.999999}}, Copula::student, 1)
            .value();
    const auto alike = shapley_of_tied(inputs, close, 4096, 3, 1, model)[0];
    EXPECT_EQ(alike, shapley_of_tied(inputs, close, 4096, 3, 3, model)[0]);
    for (const double share : alike) EXPECT_NEAR(share, 1.0 / 3, 0.02);
}

TEST(Indices, ModelsGiveFiniteRowsForRows) {
    const auto no_rows = [](const Matrix&) { return Matrix::of(0, 1); };
    const auto infinite = model_of({[](Row x) { return 1 / (x[0] - x[0]); }});
    EXPECT_THROW(sobol_indices(units(1), 16, 1, 1, no_rows), std::logic_error);
    EXPECT_THROW(sobol_indices(units(1), 16, 1, 1, infinite), std::logic_error);
    EXPECT_THROW(sobol_indices(units(1), 0, 1, 1, model_of({ishigami})), std::logic_error);
}

}  // namespace TEST_FILE
}  // namespace millwright
