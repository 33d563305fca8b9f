#include "millwright/chance/summary.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/require.h"
#include "millwright/chance/bins.h"

namespace millwright {
namespace {

double between_ranks(const std::vector<double>& rising, double share) {
    const double at = share * static_cast<double>(rising.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, rising.size() - 1);
    return rising[below] + (at - static_cast<double>(below)) * (rising[above] - rising[below]);
}

/// Of an output over rows in the order of an input, from one place to another.
double mean_over(const Matrix& outputs, std::size_t output, const std::vector<std::size_t>& rows,
                 std::size_t from, std::size_t to) {
    double sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += outputs.at(rows[i], output);
    return sum / static_cast<double>(to - from);
}

}  // namespace

/// Squares are summed of distances from the first value, and sums of these corrected, so that a
/// column of one value has exactly that mean and no deviation.
Summary summary(const Matrix& sample, std::size_t column) {
    require(sample.rows > 0 && column < sample.columns, "the sample has rows of this column");
    std::vector<double> values = sample.column(column);
    const double rows = static_cast<double>(values.size());
    const double origin = values.front();
    double sum = 0;
    for (const double value : values) sum += value - origin;
    const double mean = sum / rows;
    double squares = 0;
    for (const double value : values) squares += (value - origin - mean) * (value - origin - mean);
    std::sort(values.begin(), values.end());
    const auto p = [&](double share) { return between_ranks(values, share); };
    return {origin + mean, rows > 1 ? std::sqrt(squares / (rows - 1)) : 0,
            p(0.05),       p(0.1),
            p(0.25),       p(0.5),
            p(0.75),       p(0.9),
            p(0.95)};
}

std::vector<Swing> tornado(const Matrix& inputs, const Matrix& outputs, std::size_t output) {
    require(inputs.rows == outputs.rows, "a sample has a row of outputs for each of inputs");
    require(outputs.rows > 0 && output < outputs.columns, "the sample has rows of this output");
    const std::size_t tenth = (inputs.rows + 9) / 10;
    std::vector<Swing> swings;
    for (std::size_t c = 0; c < inputs.columns; ++c) {
        const std::vector<std::size_t> rows = bins_along(inputs, c, 1).rows;
        std::size_t low = tenth, high = rows.size() - tenth;
        const auto same = [&](std::size_t a, std::size_t b) {
            return inputs.at(rows[a], c) == inputs.at(rows[b], c);
        };
        while (low < rows.size() && same(low, low - 1)) ++low;
        while (high > 0 && same(high, high - 1)) --high;
        swings.push_back({mean_over(outputs, output, rows, 0, low),
                          mean_over(outputs, output, rows, high, rows.size())});
    }
    return swings;
}

}  // namespace millwright
