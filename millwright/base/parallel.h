// Work on several threads, their number an argument of each call: no limit of the whole process is
// read or set, so callers with different numbers work side by side.
#pragma once

#include <cstddef>
#include <functional>

namespace millwright {

/// Calls `body` with every number below `count`, at most `threads` calls at a time (zero: as many
/// as there are cores), in any order; one thread means the calling one. What a call throws is
/// thrown on, once. Calls may do the same inside.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

}  // namespace millwright
