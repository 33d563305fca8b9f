#include "millwright/chance/special.h"

#include <algorithm>
#include <cmath>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

namespace millwright {
namespace {

/// The x with share(x) = p, by Newton's method for ln share over ln x, which is almost straight in
/// the lower tail; by halving where a step leaves what is known to hold the root.
template <class Share, class Density>
double inverse_of(double p, double start, double most, const Share& share, const Density& density) {
    constexpr int most_steps = 200;
    double low = -745, high = std::log(most);  // e^-745 is the least double
    double at = std::clamp(std::log(start), low, high);
    for (int step = 0; step < most_steps; ++step) {
        const double x = std::exp(at);
        const double reached = share(x);
        (reached < p ? low : high) = at;
        const double slope = density(x) * x / reached;
        double next = at - std::log(reached / p) / slope;
        if (!(next >= low && next <= high)) next = low + (high - low) / 2;
        const double moved = std::fabs(next - at);
        at = next;
        if (moved <= 1e-15 * std::max(1.0, std::fabs(at))) break;
    }
    return std::exp(at);
}

}  // namespace

double normal_share(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }

double normal_density(double x) {
    constexpr double root_of_two_pi = 2.50662827463100050242;
    return std::exp(-x * x / 2) / root_of_two_pi;
}

double beta_share(double a, double b, double x) { return gsl_cdf_beta_P(x, a, b); }

double beta_density(double a, double b, double x) { return gsl_ran_beta_pdf(x, a, b); }

/// The upper half is the lower half of the law with its shapes exchanged.
double beta_quantile(double a, double b, double p, double start) {
    if (p > 0.5) return 1 - beta_quantile(b, a, 1 - p, 1 - start);
    return inverse_of(
        p, start, 1, [&](double x) { return beta_share(a, b, x); },
        [&](double x) { return beta_density(a, b, x); });
}

double student_share(double freedom, double x) { return gsl_cdf_tdist_P(x, freedom); }

double chi_squared_quantile(double freedom, double p) {
    return inverse_of(
        p, freedom, 1e9, [&](double x) { return gsl_cdf_chisq_P(x, freedom); },
        [&](double x) { return gsl_ran_chisq_pdf(x, freedom); });
}

double open_share(double p) { return std::clamp(p, 0x1p-53, 1 - 0x1p-53); }

}  // namespace millwright
