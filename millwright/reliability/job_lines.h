// Jobs that wait, in the order in which chips are offered to them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "millwright/reliability/free_servers.h"

namespace millwright {

/// A job as it stands in line.
struct WaitingJob {
    std::uint32_t job = 0;  // by its place in the load, which is the order of arrival
    std::int32_t priority = 0;
    double rank = 0;    // before those of a higher one within the priority
    Seconds chip_time;  // that it asks for, over its chips; not compared
};

/// Whether `a` goes before `b`.
bool operator<(const WaitingJob& a, const WaitingJob& b);

/// Lines of jobs: one, or by `fair` one for each queue.
class JobLines {
public:
    JobLines(JobOrder order, std::size_t queues);

    /// `left`: work that the job has still to do.
    void join(std::uint32_t job, const ClusterJob& asked, Seconds left, const ServerNeed& need);
    /// The job leaves, with the rank that it joined with.
    void leave(std::uint32_t job, const ClusterJob& asked, Seconds left, const ServerNeed& need);
    /// Chip time that a queue was given, or has given back.
    void charge(std::uint32_t queue, Seconds chip_time);

    bool empty() const { return waiting_ == 0; }
    std::int64_t size() const { return waiting_; }
    /// Who is first.
    std::uint32_t first() const;

    /// Whether any job that waits has a place now; whether the servers that are free would be
    /// enough for one in number that has none.
    bool any_fits(const FreeServers& free) const;
    bool any_is_scattered(const FreeServers& free) const;

    /// Jobs one after another in their order, as if each was given its chips. The one that was
    /// given last may leave, no other. One walk at a time.
    class Walk {
    public:
        explicit Walk(JobLines& lines);
        std::optional<std::uint32_t> next();

    private:
        struct Step {
            double used = 0;
            std::uint32_t queue = 0;
            std::set<WaitingJob>::const_iterator at;
        };
        static bool later(const Step& a, const Step& b);

        JobLines& lines_;
        std::vector<Step> steps_;  // a heap: lines that are begun, with the next of their jobs
        std::set<std::pair<double, std::uint32_t>>::const_iterator line_;  // the next to begin
    };

private:
    struct Line {
        std::set<WaitingJob> jobs;
        double used = 0;  // chip time, in seconds of a chip
    };
    using Counts = std::map<std::int64_t, std::int64_t>;  // jobs by how much they need

    std::size_t line_of(const ClusterJob& asked) const;
    WaitingJob entry_of(std::uint32_t job, const ClusterJob& asked, Seconds left) const;
    Counts& counts_of(const ServerNeed& need);

    JobOrder order_;
    std::vector<Line> lines_;
    std::set<std::pair<double, std::uint32_t>> by_use_;  // lines in which somebody waits
    std::int64_t waiting_ = 0;
    std::uint64_t walks_ = 0;
    std::vector<std::uint64_t> begun_;  // by line, the last walk that came to it
    Counts shared_, whole_, in_domain_;
};

}  // namespace millwright
