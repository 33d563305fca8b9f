// Quantities as people write them: "3.35 TB/s", "989.5 TFLOPS", "0.082 USD/kWh", "14.8T".
//
// Grammar: number, space, unit { "/" unit }. A unit is a prefix and a symbol; `B` is a byte, `bit`
// or `b` a bit; k M G T P E are decimal, Ki Mi Gi Ti binary. Areas and volumes are mm2, m2, m3,
// ft3; `g` is a gram and `t` a tonne. A token count may be a bare number with K, M, B or T.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "millwright/base/quantity.h"
#include "millwright/base/text.h"

namespace millwright {

/// A number and the dimension that its unit gave it, before anyone asked for a type.
struct ParsedQuantity {
    static constexpr std::string_view written_as = "number, or quantity in the unit of what it is";

    double si = 0;
    Dimension dimension{};
};

/// Parses text with a unit. Empty with `why` set if the number or the unit cannot be read, or if
/// nothing of that dimension can be so large or so small (limits.h).
std::optional<ParsedQuantity> parse_quantity(std::string_view text, std::string& why);

/// Example of a quantity of this dimension for hints, such as "3.35 TB/s".
std::string example_of(const Dimension& dimension);

/// Why `text`, a quantity of another dimension, is not one of `wanted`: no unit, or a wrong one.
std::string other_unit(std::string_view text, const Dimension& wanted);

/// Text with a readable prefix and three to four significant digits, such as "3.35 TB/s". Throws
/// where the number is not finite: no result is printed as "inf" or "nan".
std::string format_si(double si, const Dimension& dimension);

/// The unit of SI that a number of this dimension is in, such as "USD/J"; empty of plain numbers,
/// and of dimensions that are never printed.
std::string si_unit(const Dimension& dimension);

/// Text that parses to this very number: the readable form where it does, else SI units.
std::string exact_text(double si, const Dimension& dimension);

/// For people: tokens are printed with prefixes that parse_quantity() does not take. Files get
/// exact_text().
template <Dimension D>
std::string to_text(Quantity<D> q) {
    return format_si(q.si(), D);
}

/// Parses text as a quantity of dimension `D`; a wrong unit is explained in `why`.
template <Dimension D>
std::optional<Quantity<D>> parse_as(std::string_view text, std::string& why) {
    const auto parsed = parse_quantity(text, why);
    if (!parsed) return std::nullopt;
    if (parsed->dimension == D) return Quantity<D>::from_si(parsed->si);
    constexpr Dimension tokens{.tokens = 1};
    if (D == tokens && parsed->dimension == Dimension{}) return Quantity<D>::from_si(parsed->si);
    why = other_unit(text, D);
    return std::nullopt;
}

}  // namespace millwright
