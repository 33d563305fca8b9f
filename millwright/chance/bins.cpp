#include "millwright/chance/bins.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace millwright {

Bins bins_along(const Matrix& sample, std::size_t column, std::size_t asked) {
    const std::vector<double> values = sample.column(column);
    Bins bins{std::vector<std::size_t>(sample.rows), {0}};
    std::iota(bins.rows.begin(), bins.rows.end(), std::size_t{0});
    std::stable_sort(bins.rows.begin(), bins.rows.end(),
                     [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<std::size_t> steps;  // where a new value begins
    for (std::size_t i = 1; i < sample.rows; ++i) {
        if (values[bins.rows[i]] != values[bins.rows[i - 1]]) steps.push_back(i);
    }
    const bool each = steps.size() < asked;
    for (const std::size_t step : steps) {
        // what is left in equal parts, as a long run of one value may have taken more than its own
        const std::size_t left = asked - std::min(asked, bins.first.size() - 1);
        const std::size_t begin = bins.first.back();
        const bool due = left > 1 && (step - begin) * left >= sample.rows - begin;
        if (each || due) bins.first.push_back(step);
    }
    bins.first.push_back(sample.rows);
    return bins;
}

std::size_t bins_for(std::size_t rows) {
    const double root = std::floor(std::cbrt(static_cast<double>(rows)) + 1e-9);
    return static_cast<std::size_t>(std::clamp(root, 1.0, 50.0));
}

}  // namespace millwright
