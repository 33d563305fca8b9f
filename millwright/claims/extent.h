// Intervals of numbers, rounded outwards: what is outside cannot be, whatever the rounding.
#pragma once

#include <limits>

namespace millwright {

inline constexpr double infinite = std::numeric_limits<double>::infinity();

/// From `low` to `high`, both included; ends may be infinite. Empty where low > high.
struct ClaimExtent {
    double low = -infinite;
    double high = infinite;

    constexpr bool empty() const { return !(low <= high); }
    constexpr bool point() const { return low == high; }
    constexpr bool bounded() const { return low > -infinite && high < infinite; }
    constexpr bool has(double value) const { return low <= value && value <= high; }
    friend constexpr bool operator==(const ClaimExtent&, const ClaimExtent&) = default;
};

inline constexpr ClaimExtent nothing_at_all{1, 0};

constexpr ClaimExtent exactly_at(double value) { return {value, value}; }

/// What is in both.
constexpr ClaimExtent meet(const ClaimExtent& a, const ClaimExtent& b) {
    return {a.low > b.low ? a.low : b.low, a.high < b.high ? a.high : b.high};
}

// Results hold every value that the operation has for values of the arguments; of an empty argument
// the result is empty.
ClaimExtent sum(const ClaimExtent& a, const ClaimExtent& b);
ClaimExtent difference(const ClaimExtent& a, const ClaimExtent& b);
ClaimExtent product(const ClaimExtent& a, const ClaimExtent& b);
/// All numbers where `b` has zero inside; half of them where zero is its end.
ClaimExtent quotient(const ClaimExtent& a, const ClaimExtent& b);
ClaimExtent negated(const ClaimExtent& a);
ClaimExtent magnitude(const ClaimExtent& a);
/// To a whole exponent; a negative one divides.
ClaimExtent whole_power(const ClaimExtent& a, int exponent);
/// To any exponent, of what of `a` is not negative.
ClaimExtent real_power(const ClaimExtent& a, const ClaimExtent& exponent);
ClaimExtent square_root(const ClaimExtent& a);
ClaimExtent logarithm(const ClaimExtent& a);
ClaimExtent exponential(const ClaimExtent& a);

}  // namespace millwright
