// Samples of uncertain quantities: rows that a model is asked with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "millwright/chance/dependence.h"
#include "millwright/chance/distribution.h"

namespace millwright {

/// A table of numbers, row after row: a row a sample, a column a quantity.
struct Matrix {
    std::size_t rows = 0, columns = 0;
    std::vector<double> values;

    /// Of zeros.
    static Matrix of(std::size_t rows, std::size_t columns) {
        return {rows, columns, std::vector<double>(rows * columns)};
    }

    double at(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
    double& at(std::size_t row, std::size_t column) { return values[row * columns + column]; }

    std::span<const double> row(std::size_t row) const {
        return std::span(values).subspan(row * columns, columns);
    }
    std::span<double> row(std::size_t row) {
        return std::span(values).subspan(row * columns, columns);
    }
    std::vector<double> column(std::size_t column) const;
};

/// `samples` rows of the quantities, a column each in the order of `spreads`, which have no faults.
/// Scrambled Sobol points (sobol.h) are tied as `ties`, of as many quantities, says and put through
/// the quantile functions, those of beta's law from tables (inverse.h). The same bits for any
/// number of threads; but for `Copula::iman_conover` the rows of a smaller sample are the first of
/// a larger one. Powers of two are the most even. At most 2^32 samples.
Matrix draw(const std::vector<Spread>& spreads, const Dependence& ties, std::uint64_t samples,
            std::uint64_t seed, int threads);

/// As above, of independent quantities.
Matrix draw(const std::vector<Spread>& spreads, std::uint64_t samples, std::uint64_t seed,
            int threads);

}  // namespace millwright
