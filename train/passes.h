// What one pass of a micro-batch through a virtual stage is made of.
#pragma once

#include "train/stages.h"

namespace millwright {

/// Seconds of communication of a pass: what is waited for, and what hides behind work.
struct Parts {
    Seconds exposed, hidden;

    void add(double count, Seconds waited, Seconds wire) {
        exposed += count * waited;
        hidden += count * max(wire - waited, Seconds{});
    }
};

/// One pass of a micro-batch through a virtual stage.
struct Pass {
    Seconds work;
    Parts tensor, context, expert;
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

}  // namespace millwright
