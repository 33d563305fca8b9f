// Error figures of rows and groups.
#include <algorithm>
#include <cmath>

#include "validate/validation.h"

namespace millwright {
namespace {

/// Quantile with linear interpolation between order statistics; `sorted` is not empty.
double quantile(const std::vector<double>& sorted, double share) {
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double part = at - static_cast<double>(below);
    return sorted[below] + part * (sorted[above] - sorted[below]);
}

}  // namespace

ErrorFigures error_figures(const std::vector<const ValidatedRow*>& rows) {
    ErrorFigures figures;
    std::vector<double> sizes;
    for (const ValidatedRow* row : rows) {
        if (!row->skipped.empty()) {
            ++figures.skipped;
            continue;
        }
        ++figures.count;
        sizes.push_back(std::abs(row->error));
        figures.mean_abs_error += std::abs(row->error);
        figures.bias += row->error;
    }
    if (sizes.empty()) return figures;
    const auto count = static_cast<double>(sizes.size());
    figures.mean_abs_error /= count;
    figures.bias /= count;
    std::sort(sizes.begin(), sizes.end());
    figures.median_abs_error = quantile(sizes, 0.5);
    figures.p90_abs_error = quantile(sizes, 0.9);
    return figures;
}

}  // namespace millwright
