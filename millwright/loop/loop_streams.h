// Which stream of random numbers is for what in a data loop.
#pragma once

#include <cstdint>

#include "millwright/base/random.h"

namespace millwright {

enum class LoopDraw : std::uint8_t { births, kept, automatic, verdicts };

/// Of one purpose in one replication; no two share numbers.
inline RandomStream stream_of(LoopDraw what, std::uint64_t seed, std::uint64_t replication) {
    constexpr std::uint64_t purposes = 4;
    return {seed, purposes * replication + static_cast<std::uint64_t>(what)};
}

}  // namespace millwright
