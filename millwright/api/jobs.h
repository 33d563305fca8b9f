// How long do jobs wait for a cluster that they share and that fails, and what do its chips do?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/reliability/cluster_figures.h"

namespace millwright {

/// A trace of jobs and a cluster for it.
struct JobsQuestion {
    std::string trace;  // path of a table of jobs (docs/jobs.md)
    std::int64_t chips = 0;
    std::int64_t chips_per_server = 8;
    std::optional<std::int64_t> chips_per_domain;  // none: all servers are one
    ClusterRules rules;

    /// How often servers fail: as a fleet of the catalog does, or in failures of 1,000 nodes of
    /// eight chips in a day. Neither: nothing fails.
    std::string fleet;
    std::optional<double> rate_per_1000_nodes_day;
    TimeLaw repair;
    std::optional<Seconds> restart, checkpoint_cost;  // needed where something fails
    std::optional<Seconds> checkpoint_period;         // none: the best of each job

    std::optional<double> days;  // that the cluster runs for; none: until all jobs have ended
    std::int64_t replications = 20;
    std::uint64_t seed = 1;

    Faults faults;  // found while it was written; told with all others
};

struct JobsAnswer {
    std::string format;  // of the trace
    ClusterLoad load;
    std::vector<std::string> names, queues;  // of jobs in their order; of queues
    double rate_per_1000_nodes_day = 0;      // zero: nothing fails
    std::int64_t left_out = 0;               // jobs too large for the cluster, or after its days
    ClusterFigures figures;
    std::vector<std::string> notes;  // what stood in for what was not said, and what was left out
};

/// Chips are accounted for up to the last arrival, or for the days; jobs run until all have ended,
/// at most for ten times what they would take one after another on all chips. Faults: those of the
/// trace; chips that are no whole servers, or domains that are none; a rate said twice, a fleet
/// that the catalog lacks; no restart or no cost of a checkpoint where something fails; a period
/// without a cost; a protected time where nobody is stopped; no job that fits the cluster; more
/// failures than can be simulated.
Result<JobsAnswer> jobs(const JobsQuestion& question, const Setting& setting);

/// A line for each job of the first replication, below a header: id, queue, priority, chips, and
/// times in seconds after the first arrival.
std::string job_table(const JobsAnswer& answer);

}  // namespace millwright
