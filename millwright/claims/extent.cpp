#include "millwright/claims/extent.h"

#include <algorithm>
#include <cmath>

namespace millwright {
namespace {

/// One step outwards; functions of the C library may be off by a step themselves.
ClaimExtent widened(double low, double high, int steps = 1) {
    for (int i = 0; i < steps; ++i) {
        low = std::nextafter(low, -infinite);
        high = std::nextafter(high, infinite);
    }
    return {low, high};
}

/// Zero times without end is zero: the end itself is no value.
double times(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

bool either_empty(const ClaimExtent& a, const ClaimExtent& b) { return a.empty() || b.empty(); }

}  // namespace

ClaimExtent sum(const ClaimExtent& a, const ClaimExtent& b) {
    if (either_empty(a, b)) return nothing_at_all;
    return widened(a.low + b.low, a.high + b.high);
}

ClaimExtent negated(const ClaimExtent& a) { return {-a.high, -a.low}; }

ClaimExtent difference(const ClaimExtent& a, const ClaimExtent& b) { return sum(a, negated(b)); }

ClaimExtent product(const ClaimExtent& a, const ClaimExtent& b) {
    if (either_empty(a, b)) return nothing_at_all;
    const auto [low, high] = std::minmax(
        {times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high)});
    if (low == 0 && high == 0) return {0, 0};
    return widened(low, high);
}

ClaimExtent quotient(const ClaimExtent& a, const ClaimExtent& b) {
    if (either_empty(a, b)) return nothing_at_all;
    if (b.low < 0 && b.high > 0) return {};
    if (b.low == 0 && b.high == 0) return {};
    // an end at zero counts as beside it: the quotient goes without end there
    const double from = b.low == 0 ? infinite : 1 / b.low;
    const double to = b.high == 0 ? -infinite : 1 / b.high;
    if (b.low == 0 || b.high == 0 || !std::isfinite(from) || !std::isfinite(to)) {
        return product(a, {std::min(from, to), std::max(from, to)});
    }
    const auto over = [](double x, double y) { return std::isinf(y) ? 0 : x / y; };
    const auto [low, high] = std::minmax(
        {over(a.low, b.low), over(a.low, b.high), over(a.high, b.low), over(a.high, b.high)});
    return widened(low, high);
}

ClaimExtent magnitude(const ClaimExtent& a) {
    if (a.empty()) return a;
    if (a.low >= 0) return a;
    if (a.high <= 0) return negated(a);
    return {0, std::max(-a.low, a.high)};
}

ClaimExtent whole_power(const ClaimExtent& a, int exponent) {
    if (a.empty()) return a;
    if (exponent < 0) return quotient({1, 1}, whole_power(a, -exponent));
    if (exponent == 0) return {1, 1};
    const ClaimExtent base = exponent % 2 == 0 ? magnitude(a) : a;
    const ClaimExtent raised =
        widened(std::pow(base.low, exponent), std::pow(base.high, exponent), 2);
    return exponent % 2 == 0 ? meet(raised, {0, infinite}) : raised;
}

ClaimExtent real_power(const ClaimExtent& a, const ClaimExtent& exponent) {
    const ClaimExtent base = meet(a, {0, infinite});
    if (either_empty(base, exponent)) return nothing_at_all;
    return exponential(product(exponent, logarithm(base)));
}

ClaimExtent square_root(const ClaimExtent& a) {
    const ClaimExtent inside = meet(a, {0, infinite});
    if (inside.empty()) return nothing_at_all;
    return meet(widened(std::sqrt(inside.low), std::sqrt(inside.high)), {0, infinite});
}

ClaimExtent logarithm(const ClaimExtent& a) {
    const ClaimExtent inside = meet(a, {0, infinite});
    if (inside.empty()) return nothing_at_all;
    return widened(std::log(inside.low), std::log(inside.high), 2);
}

ClaimExtent exponential(const ClaimExtent& a) {
    if (a.empty()) return a;
    return meet(widened(std::exp(a.low), std::exp(a.high), 2), {0, infinite});
}

}  // namespace millwright
