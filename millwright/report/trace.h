// A training step in the Chrome trace event format, which Perfetto reads.
#pragma once

#include <string>

#include "millwright/train/timeline.h"

namespace millwright {

/// Trace-event JSON in one line: a process named `title` with one thread a pipeline stage and one
/// slice a task, and a process with the operations of one layer of each kind. Times are in
/// microseconds, as the format asks. Without tasks there is a process and no slice.
std::string trace_json(const std::vector<Task>& tasks, const std::vector<LayerTask>& layers,
                       const std::string& title);

}  // namespace millwright
