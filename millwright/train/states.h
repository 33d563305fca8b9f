// What a plan meets beyond its own work: a cluster that stalls, a host that is late, an allocator
// short of memory. For step.cpp alone; stalled_state() is in step.h.
#pragma once

#include "millwright/train/step.h"

namespace millwright {

/// A layer's exchanges of tensor ranks with next to no bytes.
Seconds tensor_start(const TrainContext& context, const Plan& plan, const ShardCosts& costs);

/// How much longer a step takes where the allocator is short of memory.
double pressure_of(const TrainContext& context, Bytes memory);

/// Where a pipeline crosses domains some releases launch the layers of tensor ranks later. The
/// chip waits where it is done before that, in the bubble as in its own passes.
Seconds late_host(const TrainContext& context, const Plan& plan, const PipelineTime& pipeline,
                  const DataTime& data, Seconds bubble);

/// Fills in the states of a step whose times and memory are there. `late` is its late_host().
void find_states(const TrainContext& context, const Plan& plan, Seconds late, Step& step);

}  // namespace millwright
