// Traces of requests, in whatever known format: recognised, checked as a whole, then read as a
// stream. docs/serving.md lists the formats, request_formats.h is their table.
//
// A file is read once to check it, so that all its faults are told before anything runs, and once
// more each time it is replayed: CSV and JSON lines in memory that is flat in the number of
// requests (names of sessions aside), formats that promise no order and JSON documents held.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/parts/request.h"

namespace millwright {

/// A trace that was checked.
struct RequestTrace {
    std::string format;  // its name in the table
    std::int64_t requests = 0;
    double mean_prompt = 0, mean_output = 0;  // tokens
    Seconds span;                             // from the first arrival to the last
    std::vector<std::string> notes;           // what was left out of it, and why
    /// Its requests from the beginning, the first at zero. Each call reads anew; a file that was
    /// changed since it was checked is a broken contract.
    std::function<RequestSource()> start;
};

/// Reads a trace. Faults, of which the first hundred are told, with line and column: a file of no
/// known format or of none that can be replayed, columns or keys that are unknown or missing,
/// numbers that are none or out of range, arrivals that go back, ids of shared content that do not
/// fit the prompt, delays without an earlier turn, a truncated line, no request at all.
Result<RequestTrace> read_trace(const std::string& path);
/// The same of text; `file` is what faults call it.
Result<RequestTrace> parse_trace(const std::string& text, const std::string& file);

}  // namespace millwright
