#include "millwright/reliability/cluster.h"

#include <cmath>

#include "millwright/base/require.h"
#include "millwright/reliability/job_scheduler.h"

namespace millwright {
namespace {

bool is_time(Seconds time) { return time >= Seconds{} && std::isfinite(time.si()); }

void check_failures(const ClusterFailures& failures) {
    require(failures.rate >= EventRate{} && std::isfinite(failures.rate.si()), "a rate is finite");
    require(is_time(failures.repair.mean), "a repair is not negative");
    require(is_time(failures.restart), "a restart is not negative");
    require(is_time(failures.cost), "a checkpoint's cost is not negative");
    require(!failures.period || (*failures.period > Seconds{} && is_time(*failures.period)),
            "a period is more than zero");
}

}  // namespace

ClusterTally run_cluster(const ClusterLoad& load, std::uint64_t seed, std::uint64_t replication) {
    const JobCluster& cluster = load.cluster;
    require(cluster.servers > 0 && cluster.chips_per_server > 0 && cluster.servers_per_domain > 0,
            "a cluster has servers, chips and domains");
    require(!load.jobs.empty(), "there is a job");
    require(load.until > Seconds{} && is_time(load.until) && is_time(load.window),
            "a run has a length");
    require(load.window <= load.until, "the window is within the run");
    require(load.rules.depth >= 0 && is_time(load.rules.protects), "rules are not negative");
    check_failures(load.failures);
    Seconds before;
    for (const ClusterJob& job : load.jobs) {
        require(job.chips > 0 && fits_cluster(cluster, job), "a job fits the cluster");
        require(job.work > Seconds{} && is_time(job.work), "a job has work");
        require(job.arrival >= before && job.arrival < load.until, "jobs are in order");
        before = job.arrival;
    }
    return JobScheduler(load, seed, replication).run();
}

}  // namespace millwright
