#include "millwright/chance/pick_freeze.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/parallel.h"
#include "millwright/base/require.h"

namespace millwright {
namespace {

constexpr std::uint64_t pairs_together = 256;

}  // namespace

std::vector<std::size_t> uncertain_of(const std::vector<Spread>& spreads) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < spreads.size(); ++i) {
        if (!is_certain(spreads[i])) places.push_back(i);
    }
    return places;
}

PickFreeze::PickFreeze(const std::vector<Spread>& spreads, std::uint64_t points, std::uint64_t seed,
                       int threads, const BlockModel& model)
    : uncertain_(uncertain_of(spreads)),
      points_(2 * uncertain_.size(), seed),
      count_(points),
      threads_(threads),
      model_(model) {
    require(points > 0 && points <= most_sobol_points, "there are 1 to 2^32 pairs of rows");
    for (const Spread& spread : spreads) quantiles_.emplace_back(spread);
    const Matrix some = model(pairs(0, std::min(count_, pairs_together)).one);
    require(some.rows > 0, "a model gives a row for each row");
    centre_.resize(some.columns);
    for (std::size_t c = 0; c < some.columns; ++c) {
        for (std::size_t r = 0; r < some.rows; ++r) centre_[c] += some.at(r, c);
        centre_[c] /= static_cast<double>(some.rows);
    }
}

Matrix PickFreeze::outputs_of(const Matrix& inputs) const {
    Matrix outputs = model_(inputs);
    require(outputs.rows == inputs.rows && outputs.columns == centre_.size(),
            "a model gives a row for each row and always as many outputs");
    for (std::size_t r = 0; r < outputs.rows; ++r) {
        for (std::size_t c = 0; c < outputs.columns; ++c) {
            require(std::isfinite(outputs.at(r, c)), "a model's outputs are finite");
            outputs.at(r, c) -= centre_[c];
        }
    }
    return outputs;
}

/// Columns of certain inputs are the same in both rows.
RowPairs PickFreeze::pairs(std::uint64_t from, std::uint64_t to) const {
    RowPairs made{from, Matrix::of(to - from, inputs()), Matrix::of(to - from, inputs())};
    for (std::size_t c = 0; c < inputs(); ++c) {
        const auto place = std::lower_bound(uncertain_.begin(), uncertain_.end(), c);
        const bool certain = place == uncertain_.end() || *place != c;
        const auto dimension = static_cast<std::size_t>(place - uncertain_.begin());
        for (std::size_t r = 0; r < made.one.rows; ++r) {
            const auto value = [&](std::size_t d) {
                return quantiles_[c].at(certain ? 0.5 : points_.at(from + r, d));
            };
            made.one.at(r, c) = value(dimension);
            made.other.at(r, c) = value(dimension + uncertain_.size());
        }
    }
    return made;
}

/// Blocks are added up in their order, whoever was done first.
std::vector<double> PickFreeze::sums(
    std::size_t count, const std::function<void(const RowPairs&, std::span<double>)>& add) const {
    const std::uint64_t blocks = (count_ + pairs_together - 1) / pairs_together;
    Matrix parts = Matrix::of(blocks, count);
    parallel_for(blocks, threads_, [&](std::size_t block) {
        const std::uint64_t from = block * pairs_together;
        add(pairs(from, std::min(count_, from + pairs_together)), parts.row(block));
    });
    std::vector<double> sums(count);
    for (std::size_t block = 0; block < blocks; ++block) {
        for (std::size_t i = 0; i < count; ++i) sums[i] += parts.at(block, i);
    }
    return sums;
}

}  // namespace millwright
