// Random numbers of one replication: a stream for each purpose, a counter for each event of it.
#pragma once

#include <array>
#include <cstdint>

#include "millwright/base/random.h"

namespace millwright {

/// What is drawn. A new purpose goes to the end, so that the others keep their numbers.
enum class RunPurpose : std::uint8_t {
    gap,       // until the next failure of those that are exponential
    cause,     // which of them
    own_gap,   // of a cause with a law of its own
    server,    // which server failed
    recovery,  // times of the path
    repair,    // times and outcomes of repairs
    episode,   // how long a slow or silent failure lasts
    fleet,     // which servers are lemons
    planned,   // times of planned stops
    imbalance  // of the steps
};
inline constexpr std::uint64_t run_purposes = 16;

/// Draws in the order in which each purpose asks for them.
class RunRandom {
public:
    RunRandom(std::uint64_t seed, std::uint64_t replication)
        : seed_(seed), first_stream_(replication * run_purposes) {}

    Draw next(RunPurpose purpose) {
        const auto at = static_cast<std::size_t>(purpose);
        return {seed_, first_stream_ + at, drawn_[at]++};
    }

private:
    std::uint64_t seed_, first_stream_;
    std::array<std::uint64_t, run_purposes> drawn_{};
};

}  // namespace millwright
