// A measured curve: y over x, straight between points in log x, flat outside.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace millwright {

struct Curve {
    std::vector<double> x;  // ascending, positive
    std::vector<double> y;  // same length

    bool empty() const { return x.empty(); }
};

/// Value at `at`; the end values outside the measured range. The curve must not be empty.
inline double value(const Curve& curve, double at) {
    if (at <= curve.x.front()) return curve.y.front();
    if (at >= curve.x.back()) return curve.y.back();
    const auto above = std::upper_bound(curve.x.begin(), curve.x.end(), at);
    const std::size_t i = static_cast<std::size_t>(above - curve.x.begin());
    const double span = std::log(curve.x[i] / curve.x[i - 1]);
    const double share = std::log(at / curve.x[i - 1]) / span;
    return curve.y[i - 1] + share * (curve.y[i] - curve.y[i - 1]);
}

}  // namespace millwright
