// The flows of a program's exchanges, as the engine runs them.
#pragma once

#include "millwright/collective/program.h"

namespace millwright {

/// Flows of one phase in the engine's problem, by class.
struct PhaseFlows {
    std::vector<std::uint32_t> flows;
    std::vector<Bytes> unit;       // of a size of one byte
    std::vector<Seconds> latency;  // the engine's own has none where flows stand for a class
    std::vector<bool> crosses;     // links outside scale-up domains
};

/// All flows of all exchanges, with symmetric ones as one.
struct FlowPlan {
    FlowProblem problem;                          // what the engine runs
    std::vector<std::vector<PhaseFlows>> phases;  // of each exchange
    std::size_t flows = 0;
};

/// Flows of all phases of all exchanges; with symmetry one of each class, where that saves half of
/// them. Throws CutOff if a way is missing.
FlowPlan flow_plan(const FabricGraph& graph, const Program& program, Symmetry symmetry);

}  // namespace millwright
