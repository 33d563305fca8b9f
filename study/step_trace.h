// A training step as a Chakra execution trace, for other simulators and for `replay`.
#pragma once

#include "scenario/chakra.h"
#include "train/step.h"

namespace millwright {

/// One file's nodes for every rank of the plan, in Megatron-Core's order of ranks. A pass of a
/// micro-batch through a virtual stage is a compute node with the time of its work, then its tensor
/// and expert collectives with the bytes of all its layers, then its message; weights are gathered
/// before and gradients reduced after all passes. All communication is waited for. Groups stand in
/// the trace as tp-N, ep-N, dp-N and edp-N.
ChakraTrace step_trace(const TrainContext& context, const Plan& plan);

}  // namespace millwright
