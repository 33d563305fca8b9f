// A job and what it runs on, as plain values: what fails how often, what recovery takes, when
// checkpoints are written, which servers stand by. The closed form and the simulation both take it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millwright/parts/failure.h"
#include "millwright/reliability/time_law.h"

namespace millwright {

/// Events over time.
using EventRate = Quantity<Dimension{.seconds = -1}>;

/// A cause of failures.
struct FailureCause {
    std::string name;
    EventRate rate;  // at full size, of all that the job runs on
    FailureKind kind = FailureKind::fail_stop;
    std::int64_t servers = 1;  // that one failure takes out; zero: the same start again
    bool software = false;     // what a hot update mends
    HazardLaw law = HazardLaw::exponential;
    double shape = 1;     // of weibull and ageing
    Seconds age;          // ageing: at the start
    Seconds settled;      // ageing: at which the rate is the one given; more than zero
    double slowdown = 1;  // slow: a step takes so many times as long
    TimeLaw lasts;        // slow: for how long; silent: until it is found
};

/// Servers that fail more often than the rest, as few carry much of a fleet's rate. The mean over
/// all is the rate of the causes. Zero failures: no server is ever retired.
struct LemonMixture {
    double share = 0;
    double factor = 1;               // times as often as the others
    std::int64_t retired_after = 0;  // failures of one server; up to `most_counted`
};
inline constexpr std::int64_t most_counted = 64;

/// From a failure until the job works again, one after another. A standby or a smaller job takes
/// `stall` in place of evicting and scheduling; a replica that stalls does no more than that.
struct RecoveryPath {
    TimeLaw detect, hang;  // hang: until the timeout, in place of detect
    TimeLaw decide, evict, reschedule, warm_up;
    TimeLaw stall;
    double misdiagnosed = 0;  // chance that a server is evicted which was not at fault
};

/// Where checkpoints are kept: in the memory of peers, on local disks, in a remote store.
struct CheckpointLevel {
    std::string name;
    std::int64_t every = 1;  // periods
    Seconds blocking;        // that the job waits for it
    Seconds writing;         // until it is whole, beside the job; zero: when the job goes on
    TimeLaw load;
    /// Survives failures that take out no more servers than this.
    std::int64_t survives = 1'000'000'000;
};

/// Levels from the fastest to the safest; the last survives everything.
struct CheckpointScheme {
    Seconds period;
    std::vector<CheckpointLevel> levels;
};

/// Servers beside the job: those that stand by for it, then those of a pool.
struct SparePool {
    std::int64_t standbys = 0, spares = 0;
    TimeLaw wait;                    // for one of the pool, such as for the job that it did
    std::optional<TimeLaw> restock;  // of a new server for one retired; none: never
};

/// What is done to a server that was taken out. It is cured, or comes back as it was.
struct RepairShop {
    TimeLaw automatic;
    double goes_on = 0;  // share that the automatic repair does not end
    TimeLaw manual;
    double fails_automatic = 0, fails_manual = 0;  // chances that nobody notices it is not cured
};

/// Stops that are meant, such as for maintenance or new code; the job saves before them.
struct PlannedStops {
    Seconds every;  // zero: none
    TimeLaw takes;
};

/// Unlike stages, sequences or pauses of collectors, which hold up every step of a run: drawn once
/// for each replication, as a job of a population has them or not.
struct StepImbalance {
    std::string name;
    double chance = 1;     // that a job has it
    double slowdown = 1;   // mean; a step takes so many times as long
    double variation = 0;  // deviation over mean of what it takes longer
};

/// The whole.
struct FleetJob {
    std::int64_t servers = 1;
    Seconds horizon;
    std::vector<FailureCause> causes;
    LemonMixture lemons;
    RecoveryPolicy policy = RecoveryPolicy::restart;
    std::int64_t replicas = 1;          // of replica_drop and elastic
    std::optional<double> missing_one;  // speed without one of them; (replicas - 1) / replicas
    TimeLaw rejoin;                     // of a replica or slice, from its failure; no pool needed
    RecoveryPath path;
    CheckpointScheme checkpoints;
    std::optional<SparePool> pool;  // none: spares never run out
    RepairShop repair;
    PlannedStops planned;
    TimeLaw start;        // of the job, once
    double derating = 0;  // share of the speed that heat or a power cap takes, on average
    std::vector<StepImbalance> imbalances;
    double data_stall = 0;  // share of the time that steps wait for data
};

/// Rate of all causes that stop the job.
EventRate interruption_rate(const FleetJob& job);

/// Mean gap between them; infinite where nothing fails.
Seconds mean_gap(const FleetJob& job);

/// Mean gap between those by which the job loses work: all, but of replicas that drop out only
/// those that find no other one.
Seconds mean_gap_of_rewinds(const FleetJob& job);

/// What the job waits for at a checkpoint, on average over the levels that are due.
Seconds checkpoint_cost(const CheckpointScheme& scheme);

/// The shortest period of work: `least_period`, and the time that each level's checkpoint is
/// written until its next one begins.
Seconds shortest_period(const CheckpointScheme& scheme);

/// The best period by the closed form, no shorter than `shortest_period` and no longer than the
/// horizon; the horizon where work is never lost.
Seconds closed_best_period(const FleetJob& job);
inline constexpr Seconds least_period = 1 * unit::s;

/// The useful share by the closed form; nothing where this job has none: where failures are not
/// exponential, some are slow or silent, steps are unlike, spares run out, servers are unlike,
/// checkpoints are on several levels or written for longer than their period, stops are planned, or
/// a smaller job rewinds.
std::optional<double> closed_share(const FleetJob& job);

}  // namespace millwright
