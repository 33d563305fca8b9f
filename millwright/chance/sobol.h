// Points that fill a cube more evenly than chance does, and are random all the same.
//
// The first 2^m points, and every next 2^m of them, have exactly one in each of the 2^m equal
// intervals of any dimension. A mean over n of them errs by about n^-1.5 where what is averaged is
// smooth, not by n^-0.5 as over random points (Owen, "Scrambled net variance for integrals of
// smooth functions", Ann. Statist. 25 (1997) 1541-1562).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace millwright {

/// How many points there are at most.
constexpr std::uint64_t most_sobol_points = std::uint64_t{1} << 32U;

/// Sobol's sequence with nested uniform scrambling (Owen, "Randomly permuted (t,m,s)-nets and
/// (t,s)-sequences", 1995): each of the first 32 bits of a coordinate is flipped or not by a bit
/// that hangs on seed, dimension and all bits before it, one for each node of the tree; those
/// after are random. Each point by itself is uniform over the cube.
///
/// 128 dimensions have direction numbers (sobol_numbers.h). A dimension beyond them is stratified
/// alone: van der Corput's sequence, its points in an order of their own by a nested permutation
/// of the index (Burley, "Practical hash-based Owen scrambling", JCGT 9 (2020)), much as in a
/// Latin hypercube.
class SobolPoints {
public:
    SobolPoints(std::size_t dimensions, std::uint64_t seed);

    /// Above zero and below one. `index` is below `most_sobol_points`, `dimension` below
    /// `dimensions()`. A function of its arguments and the seed: any order, any thread.
    double at(std::uint64_t index, std::size_t dimension) const;

    std::size_t dimensions() const { return axes_.size(); }

private:
    struct Axis {
        std::array<std::uint32_t, 32> directions;  // of each bit of the index, from the lowest
        std::uint64_t key;                         // of the scrambling
        std::uint64_t order;                       // of the permutation of the index
        bool shuffled;
    };
    std::vector<Axis> axes_;
};

}  // namespace millwright
