// The best plans again by flows: all groups of a step at once on the factory's own graph.
#pragma once

#include "millwright/factory/factory.h"
#include "millwright/train/step_program.h"

namespace millwright {

/// One kind of communication in a step.
struct TrafficCheck {
    Traffic traffic = Traffic::tensor;
    double count = 0;
    Seconds alone, shared;  // summed over all its exchanges
};

/// A tier of the fabric in a step.
struct TierLoad {
    std::string tier;
    double links = 0;
    double mean = 0, most = 0;  // bytes carried over what the links could carry in the step
};

/// A link by its name in the graph.
struct HotLink {
    std::string name;
    double load = 0;  // bytes carried over what it could carry in the step
};

/// Closed form, the timeline with every exchange alone, and with flows that share the fabric.
struct FlowCheck {
    bool done = false;
    std::string why_not;
    Placement placement = Placement::stages_apart;
    std::int64_t micro_batches = 0;  // that were run: enough to fill the pipeline
    Seconds closed, alone, shared;
    std::vector<TrafficCheck> traffic;
    std::vector<TierLoad> tiers;
    std::vector<HotLink> hot;  // the fullest, at most five
    std::size_t flows = 0, classes = 0;
    std::uint64_t events = 0;

    /// The timeline over the formula, no exchange in another's way: how the formula rounds bubbles
    /// and messages.
    double timeline_over_formula() const { return done ? alone / closed - 1 : 0; }
    /// What sharing adds to the timeline; never less than nothing.
    double sharing() const { return done ? shared / alone - 1 : 0; }
    /// The step by flows over the formula.
    double flows_over_formula() const { return done ? shared / closed - 1 : 0; }
};

/// The plan with as few micro-batches as fill its pipeline, four at least and whole rounds: what
/// groups take from each other repeats.
Plan filling(const Plan& plan);

/// Ways of flows, links that have failed or lost rate, and how large a step may be.
struct FlowCheckOptions {
    Routing routing = Routing::adaptive;
    double most_flows = 3e7;     // above: not done
    double most_compared = 5e5;  // above: stages apart only
};

/// The plan under both placements if it has not too many flows to compare them; the faster is
/// given back.
/// `shape` has the chips of the whole factory; the plan's are taken from its first endpoint on. A
/// step that is too large, or whose fabric cannot be wired, is told in `why_not`. Links degraded by
/// `shape` itself count in the closed form too; those of `options` slow the shared step alone.
FlowCheck flow_check(const TrainContext& context, const Plan& plan, const FabricShape& shape,
                     const FlowCheckOptions& options = {});

}  // namespace millwright
