// e^x where x may be of any size, the same to the last bit on every machine.
#pragma once

#include <limits>

#include "millwright/base/random.h"

namespace millwright {

/// e^x; zero below -700, where it is zero for all purposes, and infinity above 700.
inline double exponential_of(double x) {
    constexpr double most = 700;
    if (x < -most) return 0;
    return x > most ? std::numeric_limits<double>::infinity() : portable_exp(x);
}

/// e^x - 1 without loss of digits near zero, where it is its Taylor series.
inline double exponential_less_one(double x) {
    if (x > 0.5 || x < -0.5) return exponential_of(x) - 1;
    double term = x, sum = x;
    for (int n = 2; n <= 18; ++n) {  // 0.5^18 / 18! is far below the last digit
        term *= x / n;
        sum += term;
    }
    return sum;
}

/// x^p of x >= 0; zero of zero.
inline double power_of(double x, double p) {
    return x > 0 ? exponential_of(p * portable_log(x)) : 0;
}

/// The gamma function of x >= 1, to 1e-13 of itself: Stirling's series (Abramowitz and Stegun,
/// 6.1.41) above 12, and x G(x) = G(x + 1) below.
inline double gamma_of(double x) {
    double below = 1;
    for (; x < 12; x += 1) below *= x;
    const double x2 = 1 / (x * x);
    const double series = (1.0 / 12 - x2 * (1.0 / 360 - x2 * (1.0 / 1260 - x2 / 1680))) / x;
    const double half_log_two_pi = 0.918938533204672741780;
    return exponential_of((x - 0.5) * portable_log(x) - x + half_log_two_pi + series) / below;
}

}  // namespace millwright
