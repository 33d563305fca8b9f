#include "millwright/chance/indices.h"

#include <utility>

#include "millwright/chance/pick_freeze.h"

namespace millwright {
namespace {

/// Where the sums of one output begin, and what they are: of values and of their squares, then for
/// each uncertain input of the two products that its indices are made of.
struct IndexSums {
    std::size_t each;

    explicit IndexSums(const PickFreeze& asked) : each(2 + 2 * asked.uncertain().size()) {}

    std::size_t values(std::size_t output) const { return output * each; }
    std::size_t squares(std::size_t output) const { return output * each + 1; }
    std::size_t first(std::size_t output, std::size_t input) const {
        return output * each + 2 + 2 * input;
    }
    std::size_t total(std::size_t output, std::size_t input) const {
        return first(output, input) + 1;
    }
};

void add_values(const Matrix& outputs, const IndexSums& at, std::span<double> sums) {
    for (std::size_t r = 0; r < outputs.rows; ++r) {
        for (std::size_t y = 0; y < outputs.columns; ++y) {
            sums[at.values(y)] += outputs.at(r, y);
            sums[at.squares(y)] += outputs.at(r, y) * outputs.at(r, y);
        }
    }
}

/// With a of one row, b of the other and m of the one with this input of the other: b (m - a) and
/// (m - a)^2.
void add_block(const PickFreeze& asked, const RowPairs& pairs, const IndexSums& at,
               std::span<double> sums) {
    const Matrix one = asked.outputs_of(pairs.one), other = asked.outputs_of(pairs.other);
    add_values(one, at, sums);
    add_values(other, at, sums);
    for (std::size_t i = 0; i < asked.uncertain().size(); ++i) {
        const std::size_t c = asked.uncertain()[i];
        Matrix mixed = pairs.one;
        for (std::size_t r = 0; r < mixed.rows; ++r) mixed.at(r, c) = pairs.other.at(r, c);
        const Matrix outputs = asked.outputs_of(mixed);
        for (std::size_t r = 0; r < outputs.rows; ++r) {
            for (std::size_t y = 0; y < outputs.columns; ++y) {
                const double moved = outputs.at(r, y) - one.at(r, y);
                sums[at.first(y, i)] += other.at(r, y) * moved;
                sums[at.total(y, i)] += moved * moved;
            }
        }
    }
}

}  // namespace

std::vector<Indices> sobol_indices(const std::vector<Spread>& spreads, std::uint64_t base_points,
                                   std::uint64_t seed, int threads, const BlockModel& model) {
    const PickFreeze asked(spreads, base_points, seed, threads, model);
    const IndexSums at(asked);
    const std::vector<double> sums = asked.sums(
        at.each * asked.outputs(),
        [&](const RowPairs& pairs, std::span<double> own) { add_block(asked, pairs, at, own); });
    const double n = static_cast<double>(base_points);
    std::vector<Indices> all;
    for (std::size_t y = 0; y < asked.outputs(); ++y) {
        const double mean = sums[at.values(y)] / (2 * n);
        const double variance = sums[at.squares(y)] / (2 * n) - mean * mean;
        Indices indices{std::vector<double>(spreads.size()), std::vector<double>(spreads.size()),
                        asked.centre(y) + mean, variance > 0 ? variance : 0};
        for (std::size_t i = 0; i < asked.uncertain().size() && variance > 0; ++i) {
            const std::size_t c = asked.uncertain()[i];
            indices.first[c] = sums[at.first(y, i)] / n / variance;
            indices.total[c] = sums[at.total(y, i)] / n / 2 / variance;
        }
        all.push_back(std::move(indices));
    }
    return all;
}

}  // namespace millwright
