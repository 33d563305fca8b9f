// What one pass of a micro-batch through a virtual stage is made of, and what a step has beside its
// passes. Told once: the timeline, the step by flows and the exported trace are made of it; the
// closed form sums the same costs over a stage by itself, for its ledger and for speed, and a law
// ties the two (tests/law/step_law_test.cpp).
#pragma once

#include "millwright/train/schedule.h"
#include "millwright/train/step.h"

namespace millwright {

/// Seconds of communication of a pass: what is waited for, and what hides behind work.
struct Parts {
    Seconds exposed, hidden;

    void add(double count, Seconds waited, Seconds wire) {
        exposed += count * waited;
        hidden += count * max(wire - waited, Seconds{});
    }
};

/// How often the groups of a rank are called in a pass.
struct Calls {
    double gathers = 0, scatters = 0;  // of a layer's activations, by the tensor group
    double dispatches = 0;             // to experts, or back from them
    double turns = 0;                  // of keys and values round the context group
};

/// One pass of a micro-batch through a virtual stage.
struct Pass {
    Seconds work;
    Parts tensor, context, expert;
    Calls calls;

    /// With all that is waited for but messages of the pipeline.
    Seconds time() const { return work + tensor.exposed + context.exposed + expert.exposed; }
};

struct Passes {
    Pass forward, backward;
    Seconds weight_gradient;
};

/// Costs with nothing hidden: what is exposed then is all communication.
ShardCosts all_communication(TrainContext context, const Plan& plan);

/// Passes of a stage; `wires` are the costs with nothing hidden.
Passes passes_of(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                 const ShardCosts& wires, const Stage& stage);

/// What a step has beside the work and groups of its passes.
struct StepEnds {
    Seconds message;          // of a message between stages, by the closed form
    Seconds message_stall;    // that some releases add to each pass
    double exposed_data = 0;  // share of gathering and reduction that is waited for
    Seconds waits;  // at the end: host outside layers, slowest chip, host memory, allocator
};

StepEnds step_ends(const TrainContext& context, const Plan& plan, const StepTimes& times,
                   const PipelineTime& pipeline, const DataTime& data);

/// How the closed form's exposed messages come about where passes wait for their input. In 1F1B a
/// stage and its neighbour wait for each other by turns, which exposes half of each message; other
/// schedules have slack. What the closed form has beyond that is in line with each pass.
struct MessageWaits {
    double share = 1;  // of a message that the receiver waits for; the rest hides
    Seconds in_line;   // of each pass
};

/// `wire`: what a message takes on the fabric that the passes run on.
MessageWaits message_waits(const TrainContext& context, const Plan& plan, const StepEnds& ends,
                           Seconds wire);

/// Where each slot of a stage's order takes part of gathering weights and reducing gradients:
/// turns of each, so that those of all slots add up to what a step has. What is waited for stands
/// beside the slots it belongs to in `spread` plans, else before the first and after the last, as
/// the closed form counts it.
struct DataTurns {
    double gathers = 0, reductions = 0;
};
struct DataPlan {
    bool spread = false;
    DataTurns all;
    std::vector<DataTurns> of_slot;
};
DataPlan data_plan(const Plan& plan, const std::vector<Slot>& order);

}  // namespace millwright
