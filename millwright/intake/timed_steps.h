// A table of timed passes: what each worker of a training job did in some steps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/parts/timed_step.h"

namespace millwright {

/// Largest such file that is read, in bytes.
inline constexpr std::size_t timed_steps_limit = 256'000'000;

/// Columns `step` (all of one step if left out), `replica`, `stage`, `micro_batch`, `pass` (forward
/// or backward) and `ms`; rows in any order. Faults: a file that cannot be read or has no rows,
/// what a cell cannot be, and a step of which a pass is missing or stands twice, or whose numbers
/// leave one out.
Result<std::vector<TimedStep>> read_timed_steps(const std::string& path);
/// The same of text; `file` is what faults call it.
Result<std::vector<TimedStep>> parse_timed_steps(std::string_view text, const std::string& file);

}  // namespace millwright
