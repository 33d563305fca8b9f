// What a quantity of the world can be: one table of bounds, so wide that no machine comes near
// them and so narrow that no product of a few of them leaves the range of a double.
//
// Text becomes a quantity in three places (units.h, the TOML reader and cells.h); all three ask
// here. A value is zero, or its magnitude lies between the least and the most of its dimension.
#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "millwright/base/quantity.h"

namespace millwright {

/// Magnitudes in SI units; zero is always within them.
struct Limits {
    double least = 0, most = 0;
};

/// A row of the table.
struct DimensionLimits {
    Dimension dimension;
    std::string_view name;  // in messages, such as "a bandwidth"
    Limits si;
};

/// The first row stands in for dimensions that have none. docs/catalog.md prints the table.
inline constexpr std::array dimension_limits{
    DimensionLimits{{}, "a plain number", {1e-15, 1e24}},
    DimensionLimits{{.bytes = 1}, "a size", {1e-3, 1e24}},
    DimensionLimits{{.bytes = 1, .seconds = -1}, "a bandwidth", {1e-3, 1e21}},
    DimensionLimits{{.flops = 1}, "a number of operations", {1e-3, 1e36}},
    DimensionLimits{{.seconds = -1, .flops = 1}, "a rate of operations", {1e-3, 1e27}},
    DimensionLimits{{.seconds = 1}, "a time", {1e-15, 1e12}},
    DimensionLimits{{.seconds = -1, .joules = 1}, "a power", {1e-6, 1e15}},
    DimensionLimits{{.joules = 1}, "an energy", {1e-15, 1e27}},
    DimensionLimits{{.dollars = 1}, "an amount of money", {1e-12, 1e18}},
    DimensionLimits{{.seconds = -1, .dollars = 1}, "a rate of money", {1e-15, 1e15}},
    DimensionLimits{{.dollars = 1, .joules = -1}, "a price of energy", {1e-15, 1}},
    DimensionLimits{{.seconds = 1, .dollars = 1, .joules = -1}, "a price of power", {1e-9, 1e9}},
    DimensionLimits{{.dollars = 1, .tokens = -1}, "a price of a token", {1e-18, 1e3}},
    DimensionLimits{{.tokens = 1}, "a number of tokens", {1e-3, 1e24}},
    DimensionLimits{{.seconds = -1, .tokens = 1}, "a rate of tokens", {1e-9, 1e21}},
    DimensionLimits{{.metres = 2}, "an area", {1e-15, 1e12}},
    DimensionLimits{{.metres = 3}, "a volume", {1e-18, 1e15}},
    DimensionLimits{{.kilograms = 1}, "a mass", {1e-15, 1e18}},
    DimensionLimits{{.joules = -1, .kilograms = 1}, "a carbon intensity", {1e-15, 1}},
};

/// The bounds of a dimension; those of a plain number where it has none of its own.
constexpr const DimensionLimits& limits_of(const Dimension& dimension) {
    for (const DimensionLimits& limits : dimension_limits) {
        if (limits.dimension == dimension) return limits;
    }
    return dimension_limits.front();
}

/// The bounds of a quantity counted in `unit`, such as gigabytes a second.
template <Dimension D>
constexpr Limits limits_in(Quantity<D> unit) {
    const Limits si = limits_of(D).si;
    return {si.least / unit.si(), si.most / unit.si()};
}

/// The bounds of a number without a unit.
inline constexpr Limits plain_limits = limits_of({}).si;

/// Whether a value is zero or has a magnitude within the limits; false of NaN and infinity.
constexpr bool is_within(double value, const Limits& limits) {
    if (value == 0) return true;
    const double size = value < 0 ? -value : value;
    return size >= limits.least && size <= limits.most;  // false of NaN
}

}  // namespace millwright
