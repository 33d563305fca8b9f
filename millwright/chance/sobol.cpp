#include "millwright/chance/sobol.h"

#include <bit>

#include "millwright/base/random.h"
#include "millwright/base/require.h"
#include "millwright/chance/sobol_numbers.h"

namespace millwright {
namespace {

constexpr unsigned sobol_bits = 32;

/// A bijection of 64 bits whose every bit hangs on all bits of the argument: Stafford's variant 13
/// of the finalizer of MurmurHash3 ("Better bit mixing", 2011), as in SplitMix64.
std::uint64_t well_mixed(std::uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

/// The first so many bits with a one before them, so that prefixes of any lengths differ.
std::uint64_t prefix(std::uint32_t x, unsigned length) {
    const std::uint64_t marked = (std::uint64_t{1} << sobol_bits) | x;
    return marked >> (sobol_bits - length);
}

std::uint64_t hash_of(std::uint64_t node, std::uint64_t key) {
    return well_mixed(well_mixed(node ^ key));
}

/// Each bit flipped by the bit of its node, the bits above it. A hash of 64 bits serves the 63
/// nodes of six levels: they are numbered from one as in a heap.
std::uint32_t scrambled(std::uint32_t x, std::uint64_t key) {
    constexpr unsigned levels = 6;
    std::uint32_t flips = 0;
    for (unsigned above = 0; above < sobol_bits; above += levels) {
        const std::uint64_t hash = hash_of(prefix(x, above), key);
        unsigned node = 1;
        const unsigned end = above + levels < sobol_bits ? above + levels : sobol_bits;
        for (unsigned level = above; level < end; ++level) {
            const unsigned place = sobol_bits - 1 - level;
            flips |= static_cast<std::uint32_t>((hash >> node) & 1U) << place;
            node = 2 * node + ((x >> place) & 1U);
        }
    }
    return x ^ flips;
}

std::array<std::uint32_t, sobol_bits> van_der_corput() {
    std::array<std::uint32_t, sobol_bits> directions{};
    for (unsigned k = 0; k < sobol_bits; ++k) directions[k] = 1U << (sobol_bits - 1 - k);
    return directions;
}

/// m_k = 2 a_1 m_(k-1) ^ 4 a_2 m_(k-2) ^ ... ^ 2^s m_(k-s) ^ m_(k-s), each moved to the top.
std::array<std::uint32_t, sobol_bits> directions_of(const SobolNumbers& numbers) {
    std::array<std::uint32_t, sobol_bits> directions{};
    const unsigned degree = static_cast<unsigned>(std::bit_width(numbers.polynomial)) - 1;
    for (unsigned k = 0; k < sobol_bits; ++k) {
        if (k < degree) {
            directions[k] = numbers.first[k] << (sobol_bits - 1 - k);
            continue;
        }
        directions[k] = directions[k - degree] ^ (directions[k - degree] >> degree);
        for (unsigned j = 1; j < degree; ++j) {
            const bool has = ((numbers.polynomial >> (degree - j)) & 1U) != 0;
            if (has) directions[k] ^= directions[k - j];
        }
    }
    return directions;
}

}  // namespace

SobolPoints::SobolPoints(std::size_t dimensions, std::uint64_t seed) {
    const auto numbers = sobol_numbers();
    constexpr std::uint64_t stream = 0x50B01;  // of this sequence, apart from other draws
    for (std::size_t d = 0; d < dimensions; ++d) {
        Draw draw(seed, stream, d);
        Axis axis{.directions = van_der_corput(), .key = draw.bits(), .order = draw.bits()};
        axis.shuffled = d > numbers.size();
        if (d > 0 && !axis.shuffled) axis.directions = directions_of(numbers[d - 1]);
        axes_.push_back(axis);
    }
}

double SobolPoints::at(std::uint64_t index, std::size_t dimension) const {
    require(index < most_sobol_points, "a Sobol point's index is below 2^32");
    require(dimension < axes_.size(), "the points have this dimension");
    const Axis& axis = axes_[dimension];
    auto bits = static_cast<std::uint32_t>(index);
    if (axis.shuffled) bits = scrambled(bits, axis.order);
    std::uint32_t x = 0;
    for (; bits != 0; bits &= bits - 1) {
        x ^= axis.directions[static_cast<unsigned>(std::countr_zero(bits))];
    }
    // below the scrambled bits, 20 that hang on all of them
    const std::uint64_t below = hash_of(prefix(x, sobol_bits), axis.key) >> 44U;
    const std::uint64_t both = (std::uint64_t{scrambled(x, axis.key)} << 20U) | below;
    return (static_cast<double>(both) + 0.5) * 0x1p-52;
}

}  // namespace millwright
