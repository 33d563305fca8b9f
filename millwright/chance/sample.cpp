#include "millwright/chance/sample.h"

#include <algorithm>

#include "millwright/base/parallel.h"
#include "millwright/base/require.h"
#include "millwright/chance/iman_conover.h"
#include "millwright/chance/inverse.h"
#include "millwright/chance/sobol.h"

namespace millwright {
namespace {

constexpr std::size_t rows_together = 1024;

/// Calls `body` with the first row of each block of rows and the one after its last.
template <class Body>
void by_blocks(std::size_t rows, int threads, const Body& body) {
    parallel_for((rows + rows_together - 1) / rows_together, threads, [&](std::size_t block) {
        body(block * rows_together, std::min(rows, (block + 1) * rows_together));
    });
}

void fill_uniforms(Matrix& sample, std::size_t from, std::size_t to, const SobolPoints& points,
                   const Dependence& ties) {
    if (ties.tied.empty() || ties.copula == Copula::iman_conover) {
        for (std::size_t c = 0; c < sample.columns; ++c) {
            for (std::size_t r = from; r < to; ++r) sample.at(r, c) = points.at(r, c);
        }
        return;
    }
    std::vector<double> independent(points.dimensions());
    for (std::size_t r = from; r < to; ++r) {
        for (std::size_t c = 0; c < independent.size(); ++c) independent[c] = points.at(r, c);
        const std::vector<double> row = uniforms(ties, independent);
        std::copy(row.begin(), row.end(), sample.row(r).begin());
    }
}

}  // namespace

std::vector<double> Matrix::column(std::size_t column) const {
    std::vector<double> all(rows);
    for (std::size_t r = 0; r < rows; ++r) all[r] = at(r, column);
    return all;
}

Matrix draw(const std::vector<Spread>& spreads, const Dependence& ties, std::uint64_t samples,
            std::uint64_t seed, int threads) {
    require(ties.size == spreads.size(), "ties are of as many quantities as there are");
    require(samples <= most_sobol_points, "there are at most 2^32 samples");
    const SobolPoints points(dimensions(ties), seed);
    Matrix sample = Matrix::of(samples, spreads.size());
    by_blocks(sample.rows, threads, [&](std::size_t from, std::size_t to) {
        fill_uniforms(sample, from, to, points, ties);
    });
    if (ties.copula == Copula::iman_conover) sort_to_ties(sample, ties, threads);
    std::vector<Quantiles> quantiles;
    for (const Spread& spread : spreads) quantiles.emplace_back(spread);
    by_blocks(sample.rows, threads, [&](std::size_t from, std::size_t to) {
        for (std::size_t c = 0; c < sample.columns; ++c) {
            for (std::size_t r = from; r < to; ++r) {
                sample.at(r, c) = quantiles[c].at(sample.at(r, c));
            }
        }
    });
    return sample;
}

Matrix draw(const std::vector<Spread>& spreads, std::uint64_t samples, std::uint64_t seed,
            int threads) {
    return draw(spreads, Dependence{.size = spreads.size()}, samples, seed, threads);
}

}  // namespace millwright
