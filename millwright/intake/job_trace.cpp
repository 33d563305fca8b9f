// A form is told by a column that the forms after it lack, tried in order: philly before helios,
// as both have `vc`. A header that tells none is held against our own form, whose faults say what
// is missing. Seconds and times of a calendar are both taken, but the first row decides for all.
// Jobs are sorted stably, and time begins with the first that is left in.
#include "millwright/intake/job_trace.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "millwright/base/cells.h"
#include "millwright/base/plural.h"
#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/base/whole.h"
#include "millwright/intake/request_record.h"

namespace millwright {
namespace {

constexpr std::array<std::string_view, 6> yes_or_no{"no", "yes", "0", "1", "false", "true"};

constexpr Range chip_range = counted(0, static_cast<double>(most_job_chips));
constexpr Range time_range{0, 1e9};
constexpr Limits time_limits = limits_in(unit::s);

constexpr std::array own_columns{
    Column{"job_id"},
    Column{"submit_s", CellKind::text, in_every},
    Column{"chips", CellKind::count, in_every, chip_range},
    Column{"duration_s", CellKind::number, in_every, time_range, time_limits},
    Column{"priority", CellKind::count, Needed::no, counted(-1e6, 1e6)},
    Column{"queue"},
    Column{"one_domain", CellKind::choice, Needed::no, {}, plain_limits, yes_or_no}};

constexpr Column unread(std::string_view name) { return {name, CellKind::unread}; }
constexpr Column public_chips{"gpu_num", CellKind::count, in_every, chip_range};
constexpr Column public_submit{"submit_time", CellKind::text, in_every};
// a job that never ran may have none
constexpr Column public_duration{"duration", CellKind::number, in_header, time_range, time_limits};

constexpr std::array helios_columns{Column{"job_id"},   unread("user"),    Column{"vc"},
                                    public_chips,       unread("cpu_num"), unread("node_num"),
                                    unread("state"),    public_submit,     unread("start_time"),
                                    unread("end_time"), public_duration,   unread("queue")};

constexpr std::array acme_columns{Column{"job_id"},
                                  Column{"user"},
                                  unread("node_num"),
                                  public_chips,
                                  unread("cpu_num"),
                                  unread("mem_per_pod_GB"),
                                  unread("shared_mem_per_pod"),
                                  unread("type"),
                                  unread("state"),
                                  public_submit,
                                  unread("start_time"),
                                  unread("end_time"),
                                  unread("fail_time"),
                                  unread("stop_time"),
                                  public_duration,
                                  unread("queue"),
                                  unread("gpu_time")};

constexpr std::array philly_columns{
    unread("user"),  Column{"vc"},  Column{"jobname"},    public_chips,       unread("cpu_num"),
    unread("state"), public_submit, unread("start_time"), unread("end_time"), public_duration};

/// A form, and the columns that its jobs are read from; `telling`: what only its header has.
struct JobFormat {
    std::string_view name;
    Columns columns;
    std::string_view telling;
    std::string_view id, submit, chips, duration, queue;
};

/// The first that is told by the header; one that no form tells is our own, with faults.
constexpr std::array job_formats{
    JobFormat{"philly", philly_columns, "jobname", "jobname", "submit_time", "gpu_num", "duration",
              "vc"},
    JobFormat{"helios", helios_columns, "vc", "job_id", "submit_time", "gpu_num", "duration", "vc"},
    JobFormat{"acme", acme_columns, "gpu_num", "job_id", "submit_time", "gpu_num", "duration",
              "user"},
    JobFormat{"own", own_columns, "", "job_id", "submit_s", "chips", "duration_s", "queue"}};

const JobFormat& format_of(const CsvTable& table) {
    const auto told = [&](const JobFormat& format) {
        return std::ranges::find(table.columns, format.telling) != table.columns.end();
    };
    const auto* const found = std::ranges::find_if(job_formats, told);
    return found == job_formats.end() ? job_formats.back() : *found;
}

/// Reads the rows of a table that is as its columns say.
class JobRows {
public:
    JobRows(const CsvTable& table, const JobFormat& format) : table_(table), format_(format) {}

    Result<JobTrace> read();

private:
    void read_row(std::size_t row);
    std::optional<double> time_of(const Cells& cells);
    std::uint32_t queue_of(const std::string& name);
    void note(std::int64_t count, std::string_view what);

    const CsvTable& table_;
    const JobFormat& format_;
    JobTrace trace_;
    std::map<std::string, std::uint32_t> queues_;
    std::set<std::string> names_;
    std::optional<bool> calendar_;  // whether times are of one
    std::int64_t without_chips_ = 0, without_time_ = 0;
    Faults faults_;
};

/// Seconds, from any beginning.
std::optional<double> JobRows::time_of(const Cells& cells) {
    const std::string text = cells.text(format_.submit);
    const std::string_view cell = trimmed(text);
    auto seconds = number_of(cell);
    const bool of_calendar = !seconds;
    if (of_calendar) {
        if (const auto stamp = stamp_nanoseconds(cell)) seconds = real(*stamp) * 1e-9;
    }
    const std::string hint = fmt::format(
        "{} is a number of seconds from 0 to 1e11, or a time since 1970 such as "
        "2026-02-01 09:30:00",
        format_.submit);
    if (!seconds || *seconds < 0 || *seconds > 1e11) {
        faults_.push_back(
            cells.fault(format_.submit, fmt::format("'{}' is no time", excerpt(cell)), hint));
        return std::nullopt;
    }
    if (!calendar_) calendar_ = of_calendar;
    if (*calendar_ == of_calendar) return seconds;
    faults_.push_back(
        cells.fault(format_.submit,
                    fmt::format("'{}' is {}, and times above are not", excerpt(cell),
                                of_calendar ? "of a calendar" : "a number of seconds"),
                    hint + ", and all of a table are alike"));
    return std::nullopt;
}

std::uint32_t JobRows::queue_of(const std::string& name) {
    const auto [at, is_new] = queues_.try_emplace(name, narrow<std::uint32_t>(queues_.size()));
    if (is_new) trace_.queues.push_back(name);
    return at->second;
}

void JobRows::read_row(std::size_t row) {
    const Cells cells{table_, row};
    const auto submitted = time_of(cells);
    if (!submitted) return;
    const std::int64_t chips = cells.count(format_.chips).value();
    const double duration = cells.number(format_.duration).value_or(0);
    if (chips == 0 || duration == 0) {
        ++(chips == 0 ? without_chips_ : without_time_);
        return;
    }
    TracedJob job{.name = cells.text(format_.id),
                  .submitted = Seconds::from_si(*submitted),
                  .chips = chips,
                  .duration = Seconds::from_si(duration),
                  .queue = queue_of(cells.text(format_.queue))};
    if (job.name.empty()) job.name = std::to_string(table_.lines[row]);
    // names of public traces are what users called their jobs
    if (format_.name == "own" && !names_.insert(job.name).second) {
        faults_.push_back(cells.fault(format_.id, fmt::format("a second '{}'", excerpt(job.name)),
                                      "each job has an id of its own"));
        return;
    }
    job.priority = narrow<std::int32_t>(cells.count("priority").value_or(0));
    job.one_domain = cells.choice("one_domain", yes_or_no).value_or(0) % 2 == 1;
    trace_.jobs.push_back(std::move(job));
}

void JobRows::note(std::int64_t count, std::string_view what) {
    if (count == 0) return;
    trace_.notes.push_back(fmt::format("{} {} left out", counted(count, "job"), what));
}

Result<JobTrace> JobRows::read() {
    for (std::size_t row = 0; row < table_.rows.size() && faults_.size() < most_trace_faults;
         ++row) {
        read_row(row);
    }
    if (faults_.empty() && trace_.jobs.empty()) {
        faults_.push_back({{table_.file, 0, 0},
                           "no job of the table has chips and a duration",
                           "jobs without them are left out"});
    }
    if (!faults_.empty()) return failure(std::move(faults_));
    trace_.format = format_.name;
    std::ranges::stable_sort(trace_.jobs, {}, &TracedJob::submitted);
    const Seconds first = trace_.jobs.front().submitted;
    for (TracedJob& job : trace_.jobs) job.submitted = job.submitted - first;
    note(without_chips_, "without chips");
    note(without_time_, "without a duration");
    return std::move(trace_);
}

}  // namespace

Result<JobTrace> parse_job_trace(std::string_view text, const std::string& file) {
    auto table = parse_csv(text, file);
    if (!table) return failure(std::move(table.error()));
    const JobFormat& format = format_of(*table);
    if (Faults faults = table_faults(*table, format.columns); !faults.empty()) {
        return failure(std::move(faults));
    }
    return JobRows(*table, format).read();
}

Result<JobTrace> read_job_trace(const std::string& path) {
    const FileText file = read_file(path, job_trace_limit);
    if (!file.ok) {
        return failure({{path, 0, 0},
                        "the trace " + file.why,
                        "give a table of jobs; docs/jobs.md has forms"});
    }
    return parse_job_trace(file.text, path);
}

}  // namespace millwright
