// A training step in the Chrome trace event format, which Perfetto reads.
#pragma once

#include <string>

#include "train/timeline.h"

namespace millwright {

/// Trace-event JSON: one process named `title`, one thread a pipeline stage, one slice a task,
/// times in microseconds. Beyond `limit` tasks the later micro-batches are left out, and the
/// title says so.
std::string trace_json(const std::vector<Task>& tasks, const std::string& title,
                       std::size_t limit = 200'000);

}  // namespace millwright
