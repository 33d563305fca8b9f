// Numbers moved on scales of logarithms until predictions meet what was measured; a few rows that
// were measured otherwise do not move them.
#pragma once

#include <functional>
#include <vector>

namespace millwright {

/// A number above zero: where it starts and is drawn to, its bounds, and by how much of its
/// logarithm such numbers differ from one system to the next. A start outside the bounds is taken
/// to the nearer one.
struct FittedNumber {
    double start = 1, low = 0.1, high = 10, spread = 1;
};

/// ln(predicted / measured) of every row, at each of some points (a value for every number). The
/// same point gives the same errors.
using ErrorsAt =
    std::function<std::vector<std::vector<double>>(const std::vector<std::vector<double>>& points)>;

/// Errors below it are not worth chasing: what a run repeated differs by.
inline constexpr double repeat_noise = 0.02;
/// Errors that are larger, at the end of a fit, count no more than this.
inline constexpr double error_cap = 0.6;

/// Where a fit ended.
struct RobustFit {
    std::vector<double> values;  // of the numbers
    std::vector<bool> seen;      // twice the number moves some row by more than `repeat_noise`
    std::vector<double> errors;  // of the rows, there
    /// Change of each row's error for each unit of a number's logarithm, about there.
    std::vector<std::vector<double>> slopes;
    /// How much of a number the rows tell: 0, its spread is as wide as before; 1, it is known.
    std::vector<double> told;
};

/// Moves the numbers that some row sees to where
///
///     sum over rows of weight rho(e)  +  repeat_noise x sum over numbers of (ln(x / start) /
///     spread)^2
///
/// is least near their starts, rho(e) being |e| rounded below `repeat_noise` and, once the rest is
/// met, cut at `error_cap`. Gauss and Newton's steps with slopes by differences of a tenth,
/// reweighted between them. All errors at the starts are finite; weights are not negative.
RobustFit robust_fit(const std::vector<FittedNumber>& numbers, const std::vector<double>& weights,
                     const ErrorsAt& errors_at);

/// The numbers of the same fit with other weights, errors being taken as straight about its end.
std::vector<double> refitted(const std::vector<FittedNumber>& numbers,
                             const std::vector<double>& weights, const RobustFit& fit);

}  // namespace millwright
