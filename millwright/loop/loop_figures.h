// Figures of a data loop over replications: how long a loop takes and of what, what waits where,
// what it costs, and what compute a wanted loop time needs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "millwright/base/ledger.h"
#include "millwright/loop/gather.h"
#include "millwright/loop/run_line.h"

namespace millwright {

/// Both halves of a loop in one replication.
struct LoopReplication {
    GatheredData gathered;
    ReleasedRuns released;
};

/// A figure over replications.
struct LoopSpread {
    double mean = 0, p5 = 0, p50 = 0, p95 = 0;
};

/// From the trigger of an event until the whole fleet has what was learnt from it, over all events
/// that are in a run.
struct LoopTimes {
    Ledger<Seconds> mean;  // by stage, waiting and working
    Seconds p50, p90;      // half of the events wait no longer, nine tenths
    LoopSpread means;      // of the replications, in days
};

struct LoopFigures {
    std::int64_t replications = 0;
    std::array<StageTally, loop_stage_count> stages;  // of all replications together
    std::optional<LoopTimes> times;                   // none: no run was gathered
    LoopSpread loops_a_year;                          // that closed within the days
    double closed = 0;                                // the same, mean of a replication
    // mean of a replication over the days: events, those that reached the fleet, and trials of runs
    double triggered = 0, automatic = 0, used = 0, evaluations = 0;
    double vehicle_days = 0;
    std::optional<LoopStage> bottleneck;  // the greatest load; none where nothing has a limit
};

/// Replications from zero on; the same bits for any number of threads.
std::vector<LoopReplication> replicate(const DataLoop& loop, std::uint64_t seed,
                                       std::int64_t replications, int threads);

/// Of one replication at least.
LoopFigures loop_figures(const DataLoop& loop, const std::vector<LoopReplication>& replications);

/// Dollars of a mean replication by stage, idle people and chips included.
Ledger<Dollars> loop_cost(const DataLoop& loop, const LoopFigures& figures);

/// The rate that the runs asked for keep busy, repeated ones included: with less their line grows.
FlopRate asked_rate(const DataLoop& loop, const LoopFigures& figures);

/// The least rate of the factory, to one part in a million, at which the mean loop takes no longer
/// than `wanted`, all else being the same; none where other stages alone take longer, or where no
/// run was gathered.
std::optional<FlopRate> needed_rate(const DataLoop& loop, Seconds wanted, std::uint64_t seed,
                                    const std::vector<LoopReplication>& replications);

}  // namespace millwright
