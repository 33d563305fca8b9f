// Rank correlations become those of normal numbers one by one, and whether all can be at once is
// whether Cholesky's factor exists. Only quantities that a correlation names are in the matrix,
// so independent ones cost it nothing. Which of them contradict is found by leaving out one after
// another, a factorisation each.
#include "millwright/chance/dependence.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <utility>

#include "millwright/base/random.h"
#include "millwright/base/require.h"
#include "millwright/chance/special.h"

namespace millwright {
namespace {

void check_pairs(std::size_t n, const std::vector<Correlation>& correlations) {
    std::set<std::pair<std::size_t, std::size_t>> seen;
    for (const Correlation& c : correlations) {
        require(c.first < n && c.second < n && c.first != c.second,
                "a correlation is of two of the quantities");
        require(c.rank >= -1 && c.rank <= 1, "a rank correlation is from -1 to 1");
        require(seen.insert(std::minmax(c.first, c.second)).second, "a pair is named once");
    }
}

std::vector<std::size_t> named(const std::vector<Correlation>& correlations) {
    std::set<std::size_t> places;
    for (const Correlation& c : correlations) places.insert({c.first, c.second});
    return {places.begin(), places.end()};
}

/// Cholesky's factor of the correlations of normal numbers at these places.
std::optional<std::vector<double>> factor_of(const std::vector<std::size_t>& tied,
                                             const std::vector<Correlation>& correlations) {
    const std::size_t n = tied.size();
    const auto place = [&](std::size_t quantity) {
        return static_cast<std::size_t>(std::lower_bound(tied.begin(), tied.end(), quantity) -
                                        tied.begin());
    };
    std::vector<double> matrix(n * n);
    for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] = 1;
    for (const Correlation& c : correlations) {
        const std::size_t one = place(c.first), other = place(c.second);
        matrix[std::max(one, other) * n + std::min(one, other)] =
            2 * std::sin(std::numbers::pi * c.rank / 6);
    }
    return cholesky(std::move(matrix), n);
}

}  // namespace

std::optional<std::vector<double>> cholesky(std::vector<double> matrix, std::size_t n) {
    require(matrix.size() == n * n, "a matrix is square");
    constexpr double least_pivot = 1e-10;  // of a matrix with ones on its diagonal
    std::vector<double> factor(n * n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double rest = matrix[i * n + j];
            for (std::size_t k = 0; k < j; ++k) rest -= factor[i * n + k] * factor[j * n + k];
            if (i == j && !(rest > least_pivot)) return std::nullopt;
            factor[i * n + j] = i == j ? std::sqrt(rest) : rest / factor[j * n + j];
        }
    }
    return factor;
}

std::optional<Dependence> dependence(std::size_t n, const std::vector<Correlation>& correlations,
                                     Copula copula, double freedom) {
    check_pairs(n, correlations);
    const bool student = copula == Copula::student;
    require(!student || (freedom >= 1 && freedom <= 1000),
            "there are 1 to 1000 degrees of freedom");
    Dependence ties{n, copula, student ? freedom : 0, named(correlations), {}};
    auto factor = factor_of(ties.tied, correlations);
    if (!factor) return std::nullopt;
    ties.factor = *std::move(factor);
    return ties;
}

std::vector<std::size_t> impossible(std::size_t n, const std::vector<Correlation>& correlations) {
    check_pairs(n, correlations);
    const auto can_be = [&](const std::vector<std::size_t>& places) {
        std::vector<Correlation> some;
        for (const std::size_t place : places) some.push_back(correlations[place]);
        return factor_of(named(some), some).has_value();
    };
    std::vector<std::size_t> left(correlations.size());
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
    if (can_be(left)) return {};
    // again and again, as one that could not be left out before may be when others are gone
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (std::size_t i = left.size(); i-- > 0;) {
            std::vector<std::size_t> without = left;
            without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
            if (can_be(without)) continue;
            left = std::move(without);
            smaller = true;
        }
    }
    return left;
}

std::size_t dimensions(const Dependence& ties) {
    return ties.size + (ties.copula == Copula::student && !ties.tied.empty() ? 1 : 0);
}

std::vector<double> uniforms(const Dependence& ties, std::span<const double> independent) {
    require(independent.size() == dimensions(ties), "a row has a number for each dimension");
    std::vector<double> row(independent.begin(),
                            independent.begin() + static_cast<std::ptrdiff_t>(ties.size));
    if (ties.copula == Copula::iman_conover || ties.tied.empty()) return row;
    const std::size_t n = ties.tied.size();
    std::vector<double> normal(n);
    for (std::size_t i = 0; i < n; ++i) normal[i] = normal_quantile(row[ties.tied[i]]);
    const bool student = ties.copula == Copula::student;
    const double scale =
        student ? std::sqrt(ties.freedom / chi_squared_quantile(ties.freedom, independent.back()))
                : 1;
    for (std::size_t i = 0; i < n; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j <= i; ++j) sum += ties.factor[i * n + j] * normal[j];
        row[ties.tied[i]] =
            open_share(student ? student_share(ties.freedom, sum * scale) : normal_share(sum));
    }
    return row;
}

}  // namespace millwright
