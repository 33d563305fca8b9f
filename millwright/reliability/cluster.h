// Many jobs on one cluster that fails: who waits, who is stopped, which chips idle.
//
// Jobs come at their times, stand in line until chips are given to them, and work until they are
// done. A job of fewer chips than a server has shares one server with others; any other takes whole
// servers, its count rounded up, and the rest of the last one stays empty. A job that is told to
// fit one scale-up domain has all its servers in one. Failures strike servers, all alike, by one
// exponential process; all jobs on the server are stopped, lose their work since the last
// checkpoint and stand in line again at the place that their arrival gives them, and the server is
// away for its repair.
//
// A checkpoint is a share of the time: a job that runs for t has worked t x period / (period +
// cost), and has kept the whole periods of it. Every start but the first pays a restart. Whoever is
// stopped for another job saves first: it holds its chips for the cost of a checkpoint longer and
// loses nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/reliability/fleet_job.h"
#include "millwright/reliability/time_law.h"

namespace millwright {

/// Servers in scale-up domains, numbered one domain after another; the last may have fewer.
struct JobCluster {
    std::int64_t servers = 1;
    std::int64_t chips_per_server = 8;
    std::int64_t servers_per_domain = 1;

    std::int64_t chips() const { return servers * chips_per_server; }
};

/// What a user asks of the cluster.
struct ClusterJob {
    Seconds arrival;
    std::int64_t chips = 1;
    Seconds work;               // time that it takes on its chips if nothing stops or slows it
    std::int32_t priority = 0;  // higher goes first
    std::uint32_t queue = 0;    // whose job it is
    bool one_domain = false;    // all its servers in one scale-up domain
};

/// Who goes first among those of one priority: who came first; who has the least work left; whoever
/// is first of the queue that was given the least chip time so far (the whole of a job when it
/// starts, less what it has not used when it is stopped). By `fair`, priorities hold within a
/// queue.
enum class JobOrder : std::uint8_t { fifo, shortest, fair };

/// Whether others may start while the first in line waits for chips. `easy`: the first is promised
/// servers at the earliest time at which it can have them as durations are known (Lifka 1995, "The
/// ANL/IBM SP scheduling system"); others start on any servers if they end by then, else on those
/// that are not promised.
enum class Backfill : std::uint8_t { none, easy };

/// `pack`: the fullest server that has room; domains that fit best. `spread`: the emptiest.
enum class ServerChoice : std::uint8_t { pack, spread };

/// How the cluster is shared out.
struct ClusterRules {
    JobOrder order = JobOrder::fifo;
    Backfill backfill = Backfill::easy;
    std::int64_t depth = 1000;  // jobs behind the first that are looked at each time
    /// The first in line may stop jobs of lower priority: of the lowest first, and among them those
    /// that started last. One that has run for less than `protects` since it started is not
    /// stopped, nor, by `fair`, one of another queue.
    bool preempts = false;
    Seconds protects;
    ServerChoice placement = ServerChoice::pack;
};

/// What fails, and what jobs do about it.
struct ClusterFailures {
    EventRate rate;  // of a server; zero: nothing fails
    TimeLaw repair;
    Seconds restart;
    /// Of work between checkpoints. None: the best of each job to first order, sqrt(2 x cost x mean
    /// gap between failures of its servers) (Young 1974), and no checkpoints where nothing fails.
    std::optional<Seconds> period;
    Seconds cost;  // of a checkpoint
};

/// A cluster with all that is asked of it. Jobs are in order of arrival.
struct ClusterLoad {
    JobCluster cluster;
    std::vector<ClusterJob> jobs;
    ClusterRules rules;
    ClusterFailures failures;
    /// Chips are accounted for from zero to here; zero: until the last job has ended.
    Seconds window;
    /// The run ends here even if jobs have not ended; no earlier than the window.
    Seconds until;
};

/// What became of a job.
struct JobFate {
    Seconds start;     // the first time; of one that never did, the end of the run
    Seconds end;       // of one that has not ended, the end of the run
    Seconds queued;    // in line, all times together
    Seconds useful;    // work that counts
    Seconds lost;      // work that was done again, or has to be
    Seconds promised;  // start that EASY first promised; zero where it promised none
    std::int32_t interruptions = 0, preemptions = 0;
    bool started = false, ended = false;
};

/// Where the time of chips goes.
enum class ChipUse : std::uint8_t {
    useful,       // work that counts
    again,        // work that was lost
    restart,      // jobs that start again
    checkpoint,   // checkpoints and saves
    rounding,     // chips of a job's last server that it does not use
    repair,       // chips of servers that are away
    scattered,    // free while a job waits that they would be enough for in number, not in place
    order,        // free while a job waits that has a place: the order, or a promise, keeps it
    too_few,      // free, and too few for any job that waits
    none_waiting  // free, and no job waits
};
inline constexpr std::size_t chip_uses = 10;

/// One replication. Times of chips are summed over chips.
struct ClusterTally {
    std::vector<JobFate> fates;  // as the jobs
    std::array<Seconds, chip_uses> uses{};
    Seconds window;             // that the uses sum to, times all chips
    std::int64_t failures = 0;  // of servers that were up, over the whole run
    Seconds end;                // of the run
};

/// Runs the jobs of a load. Random numbers are those of the seed and the replication.
/// Preconditions: there is a job; each fits the cluster when all its servers are up, has chips and
/// work, and comes no earlier than the one before it, at zero or later and before `until`; times
/// are not negative; the window is no later than `until`, and `until` above zero.
ClusterTally run_cluster(const ClusterLoad& load, std::uint64_t seed, std::uint64_t replication);

/// Whether the job could run on the cluster if it were empty.
bool fits_cluster(const JobCluster& cluster, const ClusterJob& job);

template <>
struct EnumNames<JobOrder> {
    static constexpr std::array<std::string_view, 3> names{"fifo", "shortest", "fair"};
};
template <>
struct EnumNames<Backfill> {
    static constexpr std::array<std::string_view, 2> names{"none", "easy"};
};
template <>
struct EnumNames<ServerChoice> {
    static constexpr std::array<std::string_view, 2> names{"pack", "spread"};
};
template <>
struct EnumNames<ChipUse> {
    static constexpr std::array<std::string_view, chip_uses> names{
        "useful work",        "work done again",          "restarts",
        "checkpoints",        "rest of a last server",    "repair",
        "free but scattered", "kept by order or promise", "too few for any that waits",
        "no job waits"};
};

}  // namespace millwright
