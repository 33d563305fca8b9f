// How far a program has come, and why it does not go on.
#pragma once

#include "millwright/collective/program.h"

namespace millwright {

/// Of each node of each actor.
struct Progress {
    std::vector<std::vector<std::uint32_t>> missing;  // nodes that it waits for
    std::vector<std::vector<std::uint32_t>> turn;     // of an exchange, on its channel
    std::vector<std::vector<bool>> ended;
};

/// Of a program that has not begun. The turn of a node is how many nodes before it in its actor's
/// list are on the same channel.
Progress progress_before(const Program& program);

/// Why nothing moves; `next` is the turn of each channel.
Stall stall_of(const Program& program, const Progress& progress,
               const std::vector<std::uint32_t>& next);

}  // namespace millwright
