// Many replications of a job, and what they come to.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "millwright/base/ledger.h"
#include "millwright/reliability/fleet_job.h"
#include "millwright/reliability/progress.h"
#include "millwright/reliability/run_tally.h"

namespace millwright {

/// How many replications, of which random numbers, on how many threads.
struct ReplicationPlan {
    std::int64_t replications = 100;
    /// Above zero: stops as soon as half the width of the 95 % interval of the mean useful share
    /// is no more than this, looked at after every 64 replications; at most `replications`.
    double until_width = 0;
    std::uint64_t seed = 1;
    int threads = 1;
    /// Told the share that is done; may be empty.
    std::function<void(double)> progress;
};

/// A figure over replications; quantiles interpolate (base/statistics.h).
struct SpreadFigures {
    double mean = 0, p5 = 0, p25 = 0, p50 = 0, p75 = 0, p95 = 0;
    double half_width = 0;  // of the 95 % interval of the mean, by the normal law
};

/// Of at least one value, one a replication.
SpreadFigures spread_of(std::vector<double> values);

/// How often a cause struck, and what it took: means over replications.
struct CauseFigures {
    std::string name;
    double strikes = 0;
    Seconds lost;
};

/// Means and spreads over replications.
struct SimulatedJob {
    std::int64_t replications = 0;
    SpreadFigures useful_share;   // productive over the horizon
    SpreadFigures interruptions;  // of a replication
    SpreadFigures down_share;     // of the horizon, in which the job does not run
    double planned = 0, stock_outs = 0, retired = 0;
    double ever_out_of_stock = 0;  // share of replications with a stock-out
    Seconds without_servers;
    std::vector<CauseFigures> causes;  // as in the job, then accounts that took time
    /// The horizon: productive time, then classes of badput, then causes in each. Leaves sum to it.
    Ledger<Seconds> waterfall;
    ProgressFan progress;  // its last mean is that of the productive time
};

/// The same bits for any number of threads: replications draw from streams of their own and are
/// summed in their order. Preconditions as of `run_job`; at least one replication.
SimulatedJob simulate_job(const FleetJob& job, const ReplicationPlan& plan);

/// The period of work with the highest useful share over `plan.replications` with common random
/// numbers: golden section over the logarithm of the period, from a quarter of `from` to four times
/// it, to 2 % of the period.
Seconds simulated_best_period(FleetJob job, Seconds from, const ReplicationPlan& plan);

}  // namespace millwright
