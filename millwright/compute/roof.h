// How the times that bound a kernel become one.
#pragma once

#include <algorithm>
#include <cmath>

namespace millwright {

inline double square(double x) { return x * x; }

/// The p-norm of two times: their larger one where they differ, more where they are alike. A knee
/// of infinity would be the roofline.
inline double join(double a, double b, double knee) {
    const double large = std::max(a, b);
    const double small = std::min(a, b);
    if (large <= 0) return 0;
    return large * std::pow(1 + std::pow(small / large, knee), 1 / knee);
}

}  // namespace millwright
