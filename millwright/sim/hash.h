// Hashes that pick ways and tell classes apart. Not random numbers (base/random.h): the way of a
// flow hangs on its ends alone, and there are billions to pick.
#pragma once

#include <cstdint>

namespace millwright {

/// Mixes bits well (Steele, Lea and Flood 2014, SplitMix64). Each step can be undone, so unlike
/// words never become alike.
inline std::uint64_t mixed_bits(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

}  // namespace millwright
