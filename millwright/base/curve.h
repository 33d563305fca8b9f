// A measured curve: the share of a rate that is reached, over sizes.
//
// What is interpolated between points is time, x over y, as start-up and bytes make it: straight in
// the size. If time does not fall from point to point (`time_falls`), a larger size never takes
// less. Outside the measured range the share is flat.
#pragma once

#include <algorithm>
#include <vector>

#include "millwright/base/require.h"

namespace millwright {

/// Points of a curve. Whoever makes one sees to order, signs and length (the TOML reader does).
struct Curve {
    std::vector<double> x;  // sizes, ascending, positive
    std::vector<double> y;  // shares, positive; same length

    bool empty() const { return x.empty(); }
};

/// Share at size `at`; the end values outside the measured range. The curve must not be empty.
inline double value(const Curve& curve, double at) {
    require(!curve.empty(), "the curve has points");
    if (at <= curve.x.front()) return curve.y.front();
    if (at >= curve.x.back()) return curve.y.back();
    const auto above = std::upper_bound(curve.x.begin(), curve.x.end(), at);
    const std::size_t i = static_cast<std::size_t>(above - curve.x.begin());
    const double before = curve.x[i - 1] / curve.y[i - 1];
    const double after = curve.x[i] / curve.y[i];
    const double share = (at - curve.x[i - 1]) / (curve.x[i] - curve.x[i - 1]);
    return at / (before + share * (after - before));
}

/// The first point that takes less time than the one before it, rounding aside; the number of
/// points if none does.
inline std::size_t time_falls(const Curve& curve) {
    constexpr double same = 1 - 1e-12;
    for (std::size_t i = 1; i < curve.x.size(); ++i) {
        if (curve.x[i] / curve.y[i] < same * (curve.x[i - 1] / curve.y[i - 1])) return i;
    }
    return curve.x.size();
}

}  // namespace millwright
