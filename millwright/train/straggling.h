// How much longer steps take because workers, stages or micro-batches are unlike.
//
// A step is run again by the schedule's order with each kind of pass at its mean, and with one
// cause mended at a time (J. Lin et al., "Understanding stragglers in large model training using
// what-if analysis", OSDI 2025).
#pragma once

#include <string>
#include <vector>

#include "millwright/parts/timed_step.h"
#include "millwright/train/schedule.h"

namespace millwright {

/// One way in which passes are unlike, and what mending it alone would do.
struct StragglingCause {
    std::string name;
    double slowdown = 1;   // that is left without it
    double explained = 0;  // of what the step takes longer; causes overlap, so sums are not one
};

/// A step that is held up.
struct StepStraggling {
    Seconds took;         // by the order of the schedule, passes as timed
    Seconds even;         // forward passes all alike, and backward passes
    double slowdown = 1;  // took / even
    std::vector<StragglingCause> causes;
};

/// All steps: the mean of their slow-downs and how unlike these are. A step that is quicker than an
/// even one, as one may be by luck, is not held up: it counts as one.
struct Straggling {
    std::vector<StepStraggling> steps;
    double slowdown = 1;
    double variation = 0;                 // deviation over mean of what steps take longer
    std::vector<StragglingCause> causes;  // means over the steps
};

/// Stages: each at the mean of all, as where layers are divided unevenly. Workers: each at the mean
/// of its stage. Micro-batches: each at the mean of all, as where sequences are of unlike lengths.
/// The schedule has a chunk a stage: 1f1b. Preconditions: at least one step; each has all its
/// passes.
Straggling straggling_of(const std::vector<TimedStep>& steps);

}  // namespace millwright
