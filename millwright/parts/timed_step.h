// Passes of a training step as they were timed, worker by worker.
#pragma once

#include <cstdint>
#include <vector>

#include "millwright/base/quantity.h"
#include "millwright/parts/plan.h"

namespace millwright {

/// One pass of a micro-batch through a stage of a replica. All count from zero.
struct TimedPass {
    std::int64_t replica = 0, stage = 0, micro_batch = 0;
    bool backward = false;
    Seconds took;
};

/// A step: every pass of `replicas` pipelines of so many stages, once each.
struct TimedStep {
    std::int64_t step = 0;
    std::int64_t replicas = 1, stages = 1, micro_batches = 1;
    std::vector<TimedPass> passes;  // by replica, stage, micro-batch, forward before backward
};

}  // namespace millwright
