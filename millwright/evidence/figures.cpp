// Error figures of rows and groups.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "millwright/base/statistics.h"
#include "millwright/evidence/validation.h"

namespace millwright {

/// A map first, so that reasons of one count come in order of the alphabet.
SkipReasons counted(std::vector<std::string> reasons) {
    std::map<std::string, std::size_t> counts;
    for (std::string& reason : reasons) ++counts[std::move(reason)];
    SkipReasons sorted(counts.begin(), counts.end());
    std::ranges::stable_sort(sorted, std::greater{}, [](const auto& one) { return one.second; });
    return sorted;
}

SkipReasons skip_reasons(const Validation& validation) {
    std::vector<std::string> reasons;
    for (const ValidatedRow& row : validation.rows) {
        if (!row.skipped.empty()) reasons.push_back(row.skipped);
    }
    return counted(std::move(reasons));
}

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
        const bool covered = row->measured >= row->low && row->measured <= row->high;
        figures.coverage += covered ? 1 : 0;
    }
    if (sizes.empty()) return figures;
    const auto count = static_cast<double>(sizes.size());
    figures.mean_abs_error /= count;
    figures.bias /= count;
    figures.coverage /= count;
    figures.median_abs_error = quantile(sizes, 0.5);
    figures.p90_abs_error = quantile(sizes, 0.9);
    return figures;
}

}  // namespace millwright
