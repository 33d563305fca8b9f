// The second half of a data loop: training runs in line for the factory, the trials and the fleet.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "millwright/loop/gather.h"

namespace millwright {

inline constexpr std::size_t run_stage_count = loop_stage_count - first_run_stage;

/// A run that the whole fleet has. Times over all its trips through the stages.
struct ReleasedRun {
    Seconds released;
    std::array<Seconds, run_stage_count> waited{}, worked{};
    std::int64_t trainings = 0, evaluations = 0, rollouts = 0;
};

struct ReleasedRuns {
    std::array<StageTally, run_stage_count> stages;  // up to `loop.days`, in runs
    std::vector<ReleasedRun> runs;                   // as they were gathered
    std::int64_t evaluations = 0;                    // that ended by then
};

/// Runs are served until the fleet has all of them, which is after `loop.days` for the last. Each
/// of the three stages serves one after another in the order in which they come; a run that fails a
/// trial or is rolled back stands in line for training again. Each has verdicts of its own, so that
/// they do not depend on times.
ReleasedRuns release_runs(const DataLoop& loop, const std::vector<GatheredRun>& runs,
                          std::uint64_t seed, std::uint64_t replication);

}  // namespace millwright
