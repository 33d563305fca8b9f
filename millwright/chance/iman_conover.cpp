#include "millwright/chance/iman_conover.h"

#include <algorithm>
#include <numeric>

#include "millwright/base/parallel.h"
#include "millwright/base/random.h"

namespace millwright {
namespace {

/// Rows from the least of their values up; equal ones in the order they have.
std::vector<std::size_t> rising_rows(const std::vector<double>& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return order;
}

/// Of each row of the tied columns the normal number that its rank stands for.
Matrix scores_of(const Matrix& sample, const Dependence& ties, int threads) {
    Matrix scores = Matrix::of(sample.rows, ties.tied.size());
    parallel_for(scores.columns, threads, [&](std::size_t c) {
        const std::vector<std::size_t> order = rising_rows(sample.column(ties.tied[c]));
        const double places = static_cast<double>(order.size() + 1);
        for (std::size_t i = 0; i < order.size(); ++i) {
            scores.at(order[i], c) = normal_quantile(static_cast<double>(i + 1) / places);
        }
    });
    return scores;
}

/// Mean products of all pairs of columns, the lower triangle.
std::vector<double> products_of(const Matrix& scores, int threads) {
    const std::size_t n = scores.columns;
    std::vector<double> products(n * n);
    parallel_for(n * n, threads, [&](std::size_t pair) {
        const std::size_t i = pair / n, j = pair % n;
        if (j > i) return;
        double sum = 0;
        for (std::size_t r = 0; r < scores.rows; ++r) sum += scores.at(r, i) * scores.at(r, j);
        products[pair] = sum / static_cast<double>(scores.rows);
    });
    return products;
}

std::vector<double> unit_matrix(std::size_t n) {
    std::vector<double> matrix(n * n);
    for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] = 1;
    return matrix;
}

/// With Q Q' what the scores have and P P' what is asked, a row m becomes P Q^-1 m.
void tie_row(std::span<double> row, const std::vector<double>& has,
             const std::vector<double>& asked) {
    const std::size_t n = row.size();
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < i; ++j) row[i] -= has[i * n + j] * row[j];
        row[i] /= has[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        double sum = 0;
        for (std::size_t j = 0; j <= i; ++j) sum += asked[i * n + j] * row[j];
        row[i] = sum;
    }
}

}  // namespace

void sort_to_ties(Matrix& sample, const Dependence& ties, int threads) {
    if (ties.tied.empty() || sample.rows < 2) return;
    Matrix scores = scores_of(sample, ties, threads);
    const std::size_t n = scores.columns;
    const auto own = cholesky(products_of(scores, threads), n);
    const std::vector<double> has = own ? *own : unit_matrix(n);
    for (std::size_t r = 0; r < scores.rows; ++r) tie_row(scores.row(r), has, ties.factor);
    parallel_for(n, threads, [&](std::size_t c) {
        std::vector<double> values = sample.column(ties.tied[c]);
        std::sort(values.begin(), values.end());
        const std::vector<std::size_t> order = rising_rows(scores.column(c));
        for (std::size_t i = 0; i < order.size(); ++i) {
            sample.at(order[i], ties.tied[c]) = values[i];
        }
    });
}

}  // namespace millwright
