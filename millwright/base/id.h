// Places in arrays, a type for each array: rows of one are not asked for by the place in another.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include "millwright/base/require.h"

namespace millwright {

/// A place in the array that the tag stands for.
template <class Tag>
class Id {
public:
    constexpr Id() = default;
    /// Broken contract beyond 32 bits.
    constexpr explicit Id(std::size_t index) : value_(narrow<std::uint32_t>(index)) {}

    constexpr std::size_t index() const { return value_; }

    friend constexpr auto operator<=>(const Id&, const Id&) = default;

private:
    std::uint32_t value_ = 0;
};

}  // namespace millwright
