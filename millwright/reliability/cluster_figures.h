// What many jobs on one cluster come to: waits by size and priority, and where the time of chips
// goes, over replications.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/ledger.h"
#include "millwright/reliability/cluster.h"
#include "millwright/reliability/simulate.h"

namespace millwright {

/// Jobs that are looked at together; means over replications. A wait is from arrival to the first
/// start; of a job that never started, to the end of the run.
struct JobGroup {
    std::string name;
    std::int64_t jobs = 0;
    Seconds wait, wait_p50, wait_p90, wait_p99;  // quantiles interpolate (base/statistics.h)
    Seconds queued;                              // mean of all times in line together
    /// Mean over jobs of the effective training time ratio: work that counts over the time from
    /// submission to the end (Kokolis et al. 2024, arXiv:2410.21680).
    double ettr = 0;
    double interruptions = 0, preemptions = 0;  // of a job
    double unfinished = 0;                      // jobs that had not ended when the run did
};

struct ClusterFigures {
    std::int64_t replications = 0;
    JobGroup all;
    std::vector<JobGroup> by_size;      // 1, 2-8, 9-64, 65-512, 513-4096 chips, more; those there
    std::vector<JobGroup> by_priority;  // the highest first
    SpreadFigures goodput;              // useful chip time over that of all chips in the window
    SpreadFigures utilisation;          // chip time that jobs hold, over the same
    Ledger<Seconds> chip_time;          // uses of chips; leaves sum to chips x window
    Seconds window, end;                // end: of the run
    double failures = 0;                // of servers, in a replication
    std::vector<JobFate> fates;         // of the first replication
};

/// Runs replications, as many threads at once as the plan says; the same bits for any number of
/// them. Where nothing fails there is one. Preconditions as of `run_cluster`; at least one
/// replication; `until_width` is not looked at.
ClusterFigures simulate_cluster(const ClusterLoad& load, const ReplicationPlan& plan);

}  // namespace millwright
