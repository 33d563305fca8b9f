#include "millwright/chance/given_data.h"

#include <algorithm>

#include "millwright/base/require.h"
#include "millwright/chance/bins.h"

namespace millwright {
namespace {

double mean_of_column(const Matrix& matrix, std::size_t column) {
    double sum = 0;
    for (std::size_t r = 0; r < matrix.rows; ++r) sum += matrix.at(r, column);
    return sum / static_cast<double>(matrix.rows);
}

std::vector<double> means_of(const Matrix& matrix) {
    std::vector<double> means;
    for (std::size_t c = 0; c < matrix.columns; ++c) means.push_back(mean_of_column(matrix, c));
    return means;
}

/// The correlation ratio e of bins, corrected: 1 - (1 - e) (n - 1) / (n - bins).
double share_between(const Bins& bins, const Matrix& outputs, std::size_t output, double mean) {
    double between = 0, all = 0;
    for (std::size_t b = 0; b < bins.count(); ++b) {
        double sum = 0;
        for (std::size_t i = bins.first[b]; i < bins.first[b + 1]; ++i) {
            const double value = outputs.at(bins.rows[i], output) - mean;
            sum += value;
            all += value * value;
        }
        between += sum * sum / static_cast<double>(bins.first[b + 1] - bins.first[b]);
    }
    const double rows = static_cast<double>(outputs.rows);
    const double free = rows - static_cast<double>(bins.count());
    if (!(all > 0) || free <= 0) return 0;
    return std::clamp(1 - (1 - between / all) * (rows - 1) / free, 0.0, 1.0);
}

/// Sums of gains over every second row of a bin, from the first or from the second on.
struct Halves {
    std::vector<double> even, odd;
};

Halves halves_of(const Bins& bins, std::size_t bin, const Matrix& gains) {
    Halves sums{std::vector<double>(gains.columns), std::vector<double>(gains.columns)};
    for (std::size_t i = bins.first[bin]; i < bins.first[bin + 1]; ++i) {
        std::vector<double>& sum = (i - bins.first[bin]) % 2 == 0 ? sums.even : sums.odd;
        for (std::size_t c = 0; c < gains.columns; ++c) sum[c] += gains.at(bins.rows[i], c);
    }
    return sums;
}

std::size_t best_of(const std::vector<double>& sums) {
    return static_cast<std::size_t>(std::max_element(sums.begin(), sums.end()) - sums.begin());
}

/// Gains over all rows with the alternative that the other half of a row's bin chooses. A bin of
/// one row tells nothing of itself and takes what is best on the whole.
double chosen_gain(const Bins& bins, const Matrix& gains, std::size_t best_on_the_whole) {
    double sum = 0;
    for (std::size_t b = 0; b < bins.count(); ++b) {
        const auto [even, odd] = halves_of(bins, b, gains);
        const bool alone = bins.first[b + 1] - bins.first[b] < 2;
        sum += even[alone ? best_on_the_whole : best_of(odd)] + odd[best_of(even)];
    }
    return sum / static_cast<double>(gains.rows);
}

}  // namespace

std::vector<std::vector<double>> first_order_shares(const Matrix& inputs, const Matrix& outputs) {
    require(inputs.rows == outputs.rows, "a sample has a row of outputs for each of inputs");
    std::vector<std::vector<double>> shares(outputs.columns, std::vector<double>(inputs.columns));
    if (inputs.rows == 0) return shares;
    const std::vector<double> means = means_of(outputs);
    for (std::size_t c = 0; c < inputs.columns; ++c) {
        const Bins bins = bins_along(inputs, c, bins_for(inputs.rows));
        if (bins.count() < 2) continue;
        for (std::size_t y = 0; y < outputs.columns; ++y) {
            shares[y][c] = share_between(bins, outputs, y, means[y]);
        }
    }
    return shares;
}

double perfect_information(const Matrix& gains) {
    require(gains.rows > 0 && gains.columns > 0, "there are gains of an alternative");
    const std::vector<double> means = means_of(gains);
    const std::size_t best = best_of(means);
    double sum = 0;  // of what the best of a row is better by
    for (std::size_t r = 0; r < gains.rows; ++r) {
        const auto row = gains.row(r);
        sum += *std::max_element(row.begin(), row.end()) - row[best];
    }
    return sum / static_cast<double>(gains.rows);
}

std::vector<double> partial_information(const Matrix& inputs, const Matrix& gains) {
    require(inputs.rows == gains.rows, "a sample has a row of gains for each of inputs");
    const double most = perfect_information(gains);
    const std::vector<double> means = means_of(gains);
    const std::size_t best = best_of(means);
    std::vector<double> worth(inputs.columns);
    for (std::size_t c = 0; c < inputs.columns; ++c) {
        const Bins bins = bins_along(inputs, c, bins_for(inputs.rows));
        if (bins.count() < 2) continue;
        worth[c] = std::clamp(chosen_gain(bins, gains, best) - means[best], 0.0, most);
    }
    return worth;
}

}  // namespace millwright
