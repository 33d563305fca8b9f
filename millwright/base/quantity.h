// Quantities as types: one double and a compile-time dimension.
//
// A quantity is entered and left only by naming a unit (`3.35 * unit::TB / unit::s`,
// `q.in(unit::GB)`), so gigabytes cannot be read as gibibytes and a rate cannot be read as an
// amount. The stored number is SI: bytes, seconds, operations, dollars, joules, tokens, metres,
// kilograms.
#pragma once

#include <cmath>
#include <compare>

namespace millwright {

/// Exponents of the base dimensions. `flops` counts arithmetic operations of any number format.
struct Dimension {
    int bytes = 0, seconds = 0, flops = 0, dollars = 0, joules = 0, tokens = 0, metres = 0;
    int kilograms = 0;
    friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
};

/// The dimension of a product.
constexpr Dimension operator+(const Dimension& a, const Dimension& b) {
    return {a.bytes + b.bytes,     a.seconds + b.seconds,    a.flops + b.flops,
            a.dollars + b.dollars, a.joules + b.joules,      a.tokens + b.tokens,
            a.metres + b.metres,   a.kilograms + b.kilograms};
}

/// The dimension of a quotient.
constexpr Dimension operator-(const Dimension& a, const Dimension& b) {
    return {a.bytes - b.bytes,     a.seconds - b.seconds,    a.flops - b.flops,
            a.dollars - b.dollars, a.joules - b.joules,      a.tokens - b.tokens,
            a.metres - b.metres,   a.kilograms - b.kilograms};
}

/// A number of dimension `D`. Sums need equal dimensions; products and quotients make new ones.
template <Dimension D>
class Quantity {
public:
    static constexpr Dimension dimension = D;

    constexpr Quantity() = default;

    /// The only door in from a bare number; `si` is in SI units of the dimension.
    static constexpr Quantity from_si(double si) { return Quantity(si); }
    constexpr double si() const { return value_; }
    /// The number of `unit`s in this quantity.
    constexpr double in(Quantity unit) const { return value_ / unit.value_; }

    constexpr Quantity operator-() const { return Quantity(-value_); }
    constexpr Quantity& operator+=(Quantity other) {
        value_ += other.value_;
        return *this;
    }
    friend constexpr Quantity operator+(Quantity a, Quantity b) {
        return Quantity(a.value_ + b.value_);
    }
    friend constexpr Quantity operator-(Quantity a, Quantity b) {
        return Quantity(a.value_ - b.value_);
    }
    friend constexpr Quantity operator*(double k, Quantity a) { return Quantity(k * a.value_); }
    friend constexpr Quantity operator*(Quantity a, double k) { return Quantity(k * a.value_); }
    friend constexpr Quantity operator/(Quantity a, double k) { return Quantity(a.value_ / k); }
    friend constexpr auto operator<=>(Quantity a, Quantity b) = default;
    // compared as the numbers are: the search spends its time here, and a partial order costs more
    friend constexpr bool operator<(Quantity a, Quantity b) { return a.value_ < b.value_; }
    friend constexpr bool operator>(Quantity a, Quantity b) { return a.value_ > b.value_; }
    friend constexpr bool operator<=(Quantity a, Quantity b) { return a.value_ <= b.value_; }
    friend constexpr bool operator>=(Quantity a, Quantity b) { return a.value_ >= b.value_; }

private:
    explicit constexpr Quantity(double si) : value_(si) {}
    double value_ = 0;
};

/// Product of quantities; a plain double where the dimensions cancel.
template <Dimension A, Dimension B>
constexpr auto operator*(Quantity<A> a, Quantity<B> b) {
    if constexpr (A + B == Dimension{}) {
        return a.si() * b.si();
    } else {
        return Quantity<A + B>::from_si(a.si() * b.si());
    }
}

/// Quotient of quantities; a plain double where the dimensions cancel.
template <Dimension A, Dimension B>
constexpr auto operator/(Quantity<A> a, Quantity<B> b) {
    if constexpr (A == B) {
        return a.si() / b.si();
    } else {
        return Quantity<A - B>::from_si(a.si() / b.si());
    }
}

using Bytes = Quantity<Dimension{.bytes = 1}>;
using Seconds = Quantity<Dimension{.seconds = 1}>;
using Flops = Quantity<Dimension{.flops = 1}>;
using Dollars = Quantity<Dimension{.dollars = 1}>;
using Joules = Quantity<Dimension{.joules = 1}>;
using Tokens = Quantity<Dimension{.tokens = 1}>;
using Area = Quantity<Dimension{.metres = 2}>;
using Volume = Quantity<Dimension{.metres = 3}>;
using Mass = Quantity<Dimension{.kilograms = 1}>;
using Bandwidth = Quantity<Dimension{.bytes = 1, .seconds = -1}>;
using FlopRate = Quantity<Dimension{.seconds = -1, .flops = 1}>;
using Watts = Quantity<Dimension{.seconds = -1, .joules = 1}>;
using TokenRate = Quantity<Dimension{.seconds = -1, .tokens = 1}>;
using DollarRate = Quantity<Dimension{.seconds = -1, .dollars = 1}>;
using EnergyPrice = Quantity<Dimension{.dollars = 1, .joules = -1}>;
using PowerPrice = Quantity<Dimension{.seconds = 1, .dollars = 1, .joules = -1}>;
using CarbonIntensity = Quantity<Dimension{.joules = -1, .kilograms = 1}>;
using TokenPrice = Quantity<Dimension{.dollars = 1, .tokens = -1}>;

template <Dimension D>
constexpr Quantity<D> max(Quantity<D> a, Quantity<D> b) {
    return a < b ? b : a;
}

template <Dimension D>
constexpr Quantity<D> min(Quantity<D> a, Quantity<D> b) {
    return b < a ? b : a;
}

/// Named units. Decimal, binary, bit and byte prefixes are different constants.
namespace unit {
inline constexpr Bytes B = Bytes::from_si(1);
inline constexpr Bytes kB = 1e3 * B, MB = 1e6 * B, GB = 1e9 * B, TB = 1e12 * B;
inline constexpr Bytes KiB = 1024 * B, MiB = 1024 * KiB, GiB = 1024 * MiB, TiB = 1024 * GiB;
inline constexpr Bytes bit = B / 8, Gbit = 1e9 * bit;
inline constexpr Seconds s = Seconds::from_si(1), ms = 1e-3 * s, us = 1e-6 * s, ns = 1e-9 * s;
inline constexpr Seconds minute = 60 * s, hour = 3600 * s, day = 24 * hour;
// the Julian year, and a twelfth of it
inline constexpr Seconds year = 365.25 * day, month = year / 12;
inline constexpr Flops flop = Flops::from_si(1), TFLOP = 1e12 * flop, PFLOP = 1e15 * flop;
inline constexpr FlopRate TFLOPS = TFLOP / s, PFLOPS = PFLOP / s;
inline constexpr Bandwidth GBps = GB / s, TBps = TB / s;
inline constexpr Joules J = Joules::from_si(1), kWh = 3.6e6 * J;
inline constexpr Watts W = J / s, kW = 1e3 * W, MW = 1e6 * W;
inline constexpr Dollars USD = Dollars::from_si(1);
inline constexpr Tokens token = Tokens::from_si(1), million_tokens = 1e6 * token;
inline constexpr Area mm2 = Area::from_si(1e-6);
// the international foot, 0.3048 m
inline constexpr Volume m3 = Volume::from_si(1), ft3 = Volume::from_si(0.3048 * 0.3048 * 0.3048);
inline constexpr Mass kg = Mass::from_si(1), gram = 1e-3 * kg, tonne = 1e3 * kg;
}  // namespace unit

}  // namespace millwright
