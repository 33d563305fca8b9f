// The first half of a data loop: events, day by day, until they are gathered into training runs.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "millwright/loop/data_loop.h"
#include "millwright/loop/stage_tally.h"

namespace millwright {

/// Events of one day that are in one run.
struct EventBirth {
    std::int64_t day = 0, events = 0;
};

/// A training run as it stands in line. Sums are over its events, in days.
struct GatheredRun {
    std::int64_t ready = 0;  // the day with which it stands in line
    std::int64_t events = 0;
    std::array<double, first_run_stage> waited{}, worked{};
    std::vector<EventBirth> births{};  // in order of their days
};

struct GatheredData {
    std::array<StageTally, first_run_stage> stages;
    std::vector<GatheredRun> runs;
    std::int64_t triggered = 0, automatic = 0;  // events; those that no person labelled
    double vehicle_days = 0;
};

/// From day zero for `loop.days`. What it draws is a function of seed and replication, and the
/// events of a day do not depend on capacities. A day costs O(1) but for lines that are caught up
/// with. Ranges are those of the file's keys.
GatheredData gather(const DataLoop& loop, std::uint64_t seed, std::uint64_t replication);

}  // namespace millwright
