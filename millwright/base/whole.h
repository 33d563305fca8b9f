// Whole numbers as other numbers.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace millwright {

/// A count to reckon with; exact up to 2^53.
template <std::integral Int>
constexpr double real(Int count) {
    return static_cast<double>(count);
}

/// A count in 32 bits. One that does not fit is a bug: the readers' limits are below that.
constexpr std::uint32_t small(std::int64_t count) {
    if (count < 0 || count > std::numeric_limits<std::uint32_t>::max()) {
        throw std::logic_error(std::to_string(count) + " does not fit 32 bits");
    }
    return static_cast<std::uint32_t>(count);
}

}  // namespace millwright
