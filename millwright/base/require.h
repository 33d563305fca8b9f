// Preconditions, checked in every build.
//
// A precondition that does not hold is a bug of the caller, never bad input: faults of input are
// values (result.h). The program ends with exit code 70 and says which contract was broken where.
#pragma once

#include <concepts>
#include <limits>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace millwright {

/// A contract that the caller broke.
struct BrokenContract : std::logic_error {
    using std::logic_error::logic_error;
};

/// Throws BrokenContract with the place of the call. `what` says what should have held.
[[noreturn]] void broken(std::string_view what,
                         const std::source_location& at = std::source_location::current());

/// Throws where the condition does not hold. `what` is the contract in words: "the curve has
/// points".
constexpr void require(bool holds, std::string_view what,
                       const std::source_location& at = std::source_location::current()) {
    if (!holds) [[unlikely]]
        broken(what, at);
}

/// The same whole number in another type; one that does not fit is a broken contract, as readers
/// have limits below those of the types.
template <std::integral To, std::integral From>
constexpr To narrow(From value, const std::source_location& at = std::source_location::current()) {
    if (!std::in_range<To>(value)) [[unlikely]]
        broken(std::to_string(value) + " fits the type it is kept in", at);
    return static_cast<To>(value);
}

/// A whole number kept as a double. A fraction or a number that does not fit is a broken contract.
template <std::integral To>
constexpr To narrow(double value,
                    const std::source_location& at = std::source_location::current()) {
    // the least double above all of the type: exact, as it is a power of two
    constexpr double above = 2.0 * static_cast<double>(std::numeric_limits<To>::max() / 2 + 1);
    const bool fits = value >= static_cast<double>(std::numeric_limits<To>::min()) && value < above;
    if (!fits || static_cast<double>(static_cast<To>(value)) != value) [[unlikely]]
        broken(std::to_string(value) + " is whole and fits the type it is kept in", at);
    return static_cast<To>(value);
}

}  // namespace millwright
