// The first replica of a simulated deployment over time, in the Chrome trace event format.
#pragma once

#include <string>

#include "millwright/api/serve.h"

namespace millwright {

/// Trace-event JSON, an event a line: a thread of steps for each lane, counters of running and
/// waiting sequences and of the cache, and each request as nested asynchronous slices (queue,
/// prefill, answer). It goes as far as `record.first` does, slices are cut there, and its process
/// says how far. Times are in microseconds, in order. Of an answer whose requests were kept.
std::string serve_trace_json(const ServeAnswer& answer);

/// How far the trace goes, in words.
std::string traced_text(const ServeAnswer& answer);

}  // namespace millwright
