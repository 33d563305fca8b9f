#include "millwright/chance/tied_row.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/random.h"
#include "millwright/chance/special.h"

namespace millwright {
namespace {

/// The place of a value in a rising list, if it is there.
std::optional<std::size_t> place_in(const std::vector<std::size_t>& list, std::size_t value) {
    const auto at = std::ranges::lower_bound(list, value);
    if (at == list.end() || *at != value) return std::nullopt;
    return static_cast<std::size_t>(at - list.begin());
}

/// By which normal numbers become Student's on condition of `known` others, whose squares have that
/// sum (Ding, "On the conditional distribution of the multivariate t distribution", Am. Stat. 70
/// (2016) 293-295).
double student_scale(double freedom, double squares, std::size_t known, double share) {
    const double all = freedom + static_cast<double>(known);
    return std::sqrt((freedom + squares) / chi_squared_quantile(all, share));
}

}  // namespace

TiedInputs tied_inputs(const Dependence& ties, const std::vector<std::size_t>& uncertain) {
    TiedInputs tied;
    std::vector<std::size_t> rows;  // of the factor
    for (std::size_t i = 0; i < ties.tied.size(); ++i) {
        const auto place = place_in(uncertain, ties.tied[i]);
        if (!place) continue;
        tied.places.push_back(*place);
        rows.push_back(i);
    }
    if (rows.size() < 2) return {};
    if (ties.copula == Copula::student) tied.freedom = ties.freedom;
    // a billionth weaker, so that they have a factor in every order, whatever rounding does
    constexpr double weaker = 1 - 1e-9;
    const std::size_t n = ties.tied.size();
    for (const std::size_t a : rows) {
        for (const std::size_t b : rows) {
            double sum = 0;
            for (std::size_t k = 0; k < n; ++k) {
                sum += ties.factor[a * n + k] * ties.factor[b * n + k];
            }
            tied.correlations.push_back(a == b ? 1 : weaker * sum);
        }
    }
    return tied;
}

TiedRow::TiedRow(const TiedInputs& tied, const std::vector<std::size_t>& order,
                 std::span<const double> one, std::span<const double> other)
    : tied_(tied), other_share_(other.back()) {
    std::vector<std::size_t> at;  // places among the tied
    for (std::size_t i = order.size(); i-- > 0;) {
        const auto place = place_in(tied.places, order[i]);
        if (!place) continue;
        at.push_back(*place);
        inputs_.push_back(order[i]);
        kept_.push_back(normal_quantile(one[order[i]]));
        fresh_.push_back(normal_quantile(other[order[i]]));
    }
    std::vector<double> matrix;
    for (const std::size_t a : at) {
        for (const std::size_t b : at) matrix.push_back(tied.correlations[a * at.size() + b]);
    }
    factor_ = cholesky(std::move(matrix), at.size()).value();
    if (!tied.freedom) return;
    const double scale = student_scale(*tied.freedom, 0, 0, one.back());
    for (double& number : kept_) number *= scale;
}

void TiedRow::put(std::size_t changed, std::span<double> row) const {
    const std::size_t n = inputs_.size(), known = n - changed;
    double scale = 1;
    if (tied_.freedom && changed > 0) {
        double squares = 0;
        for (std::size_t i = 0; i < known; ++i) squares += kept_[i] * kept_[i];
        scale = student_scale(*tied_.freedom, squares, known, other_share_);
    }
    for (std::size_t i = 0; i < n; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k <= i; ++k) {
            sum += factor_[i * n + k] * (k < known ? kept_[k] : scale * fresh_[k]);
        }
        row[inputs_[i]] =
            open_share(tied_.freedom ? student_share(*tied_.freedom, sum) : normal_share(sum));
    }
}

bool TiedRow::has(std::size_t input) const { return place_in(tied_.places, input).has_value(); }

}  // namespace millwright
