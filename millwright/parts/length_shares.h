// Lengths as they were observed, each with its share.
#pragma once

#include <cstdint>
#include <vector>

namespace millwright {

/// Lengths in tokens, rising, and how often each was seen; two lists of one length, not empty.
/// Weights are above zero and need not sum to one.
struct LengthShares {
    std::vector<std::int64_t> tokens;
    std::vector<double> weights;
};

}  // namespace millwright
