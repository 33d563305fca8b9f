// A training step as a Chakra execution trace, for other simulators and for `replay`.
#pragma once

#include "millwright/fabric/graph.h"
#include "millwright/trace/chakra.h"
#include "millwright/train/step.h"

namespace millwright {

/// One file's nodes for every rank of the plan, in Megatron-Core's order of ranks: passes, groups
/// and messages of millwright/train/passes.h, data traffic, optimizer and what a step waits for at
/// its end.
///
/// A pass of a micro-batch through a virtual stage receives its input, does what it waits for of
/// its tensor, context and expert exchanges, works, with the hidden rest of these beside, and sends
/// its output; each exchange has the bytes of all the layers of the pass. Weights are gathered from
/// the start and gradients reduced towards the end, or by every pass where the sharding says so.
///
/// On `graph`, the plan's own fabric with its `channels`, as many bytes are waited for as take the
/// exposed time, and where all of them take less, the rest is a compute node "beyond the links". So
/// the trace takes the plan's time on its quiet fabric, and shows on others what they change. A
/// reader whose links take their whole rate is served by ideal channels. A graph without endpoints:
/// everything waited for is beyond.
///
/// Groups stand in the trace as tp-N, ep-N, etp-N, dp-N, edp-N and rep-N; ring attention is sends
/// to the next rank.
ChakraTrace step_trace(const TrainContext& context, const Plan& plan, const FabricGraph& graph,
                       const Channels& channels = {});

/// Exchanges of the first stage that take more than a twentieth longer on the fabric's links than
/// the closed form says, with both times: what should hide then may not, and a replay takes longer
/// than the plan. Later stages that lie otherwise in scale-up domains are told, too. `graph` has
/// endpoints, one for each rank or more.
std::vector<std::string> slower_on_links(const TrainContext& context, const Plan& plan,
                                         const FabricGraph& graph, const Channels& channels = {});

}  // namespace millwright
