// Functions of probability that have no closed form. Normal, beta, Student's t and chi-squared are
// those of the GNU Scientific Library and the C library; their inverses are found here, as the
// library's end the program where they do not converge.
#pragma once

namespace millwright {

/// Chance that a normal number of mean zero and deviation one is at most x.
double normal_share(double x);

/// Its density.
double normal_density(double x);

/// Chance that a beta number with shapes a and b, both from 0.01 to 10,001, is at most x.
double beta_share(double a, double b, double x);

/// Its density.
double beta_density(double a, double b, double x);

/// The x below which it lies with chance p, above zero and below one; to 1e-13 of itself or of
/// 1 - x, the smaller. `start` is a guess above zero and below one for where to begin.
double beta_quantile(double a, double b, double p, double start);

/// Chance that Student's t with so many degrees of freedom, above zero, is at most x.
double student_share(double freedom, double x);

/// The x below which a chi-squared number lies with chance p, to 1e-13 of itself.
double chi_squared_quantile(double freedom, double p);

/// A chance that rounding has not brought to the ends, where some quantiles are infinite.
double open_share(double p);

}  // namespace millwright
