// Whole numbers as other numbers.
#pragma once

#include <concepts>
#include <cstdint>

namespace millwright {

/// A count to reckon with; exact up to 2^53.
template <std::integral Int>
constexpr double real(Int count) {
    return static_cast<double>(count);
}

}  // namespace millwright
