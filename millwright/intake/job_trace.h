// Traces of jobs that were submitted to a cluster: tables in one of a few known forms, told by
// their header. docs/jobs.md lists them.
//
// The public forms are those of their own pages: Helios (S-Lab-System-Group/HeliosData), Acme
// (InternLM/AcmeTrace), and Philly (msr-fiddle/philly-traces) as Helios' tools turn it into a
// table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/quantity.h"
#include "millwright/base/result.h"

namespace millwright {

/// A job as it was asked for.
struct TracedJob {
    std::string name;   // its id; the line that it stands on where it has none
    Seconds submitted;  // after the first job that is left in
    std::int64_t chips = 0;
    Seconds duration;
    std::int32_t priority = 0;  // higher goes first
    std::uint32_t queue = 0;    // by its place in the trace's queues
    bool one_domain = false;
};

/// A trace that was checked, in order of submission; jobs of one time as in the file.
struct JobTrace {
    std::string format;               // own, helios, acme, philly
    std::vector<TracedJob> jobs;      // at least one, each with chips and a duration
    std::vector<std::string> queues;  // names, as they come up; of a trace without them one
    std::vector<std::string> notes;   // what was left out
};

/// Largest file of jobs that is read, in bytes.
inline constexpr std::size_t job_trace_limit = 512'000'000;

/// Most chips of a job in a trace.
inline constexpr std::int64_t most_job_chips = 10'000'000;

/// Reads a trace. Jobs without chips or without a duration are left out. Faults, of which the first
/// hundred are told, with line and column: a file that cannot be read, columns that are unknown or
/// missing, cells that are not what they must be, times that are neither seconds nor of a calendar
/// or are both, no job that is left.
Result<JobTrace> read_job_trace(const std::string& path);
/// The same of text; `file` is what faults call it.
Result<JobTrace> parse_job_trace(std::string_view text, const std::string& file);

}  // namespace millwright
