// What the closed form's step has beside the work and groups of its passes, for the engines that
// run passes one by one.
#pragma once

#include "millwright/train/step.h"

namespace millwright {

/// Zero where there is nothing of the kind: no messages without a pipeline.
struct StepEnds {
    Seconds message;          // of a message between stages, by the closed form
    Seconds message_stall;    // that some releases add to each pass
    double exposed_data = 0;  // share of gathering and reduction that is waited for
    Seconds waits;  // at the end: host outside layers, slowest chip, host memory, allocator
};

/// `times`, `pipeline` and `data` are the plan's own.
StepEnds step_ends(const TrainContext& context, const Plan& plan, const StepTimes& times,
                   const PipelineTime& pipeline, const DataTime& data);

/// How the closed form's exposed messages come about where passes wait for their input. Where a
/// stage and its neighbour wait for each other by turns half of each message is exposed; other
/// schedules have slack. What the closed form has beyond that is in line with each pass.
struct MessageWaits {
    double share = 1;  // of a message that the receiver waits for; the rest hides
    Seconds in_line;   // of each pass
};

/// `wire`: what a message takes on the fabric that the passes run on.
MessageWaits message_waits(const TrainContext& context, const Plan& plan, const StepEnds& ends,
                           Seconds wire);

/// In line with a turn: with each of its passes.
Seconds in_line(const MessageWaits& waits, std::span<const Slot> turn);

/// A plan's costs and times, made once for an engine that runs its passes.
struct StepParts {
    ShardCosts costs;
    PipelineTime pipeline;
    DataTime data;
    StepTimes times;
    StepEnds ends;
};
StepParts step_parts(const TrainContext& context, const Plan& plan);

}  // namespace millwright
