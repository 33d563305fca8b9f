// The smallest system that holds a model.
//
// Nothing is timed: memory alone decides. Chips used are the product of ways, so the question is
// which product of ways is the smallest that some schedule and memory choice fits. For each branch
// and pipeline the data ways rise, and with them the chips: the first that holds the model ends
// them, and none is tried that uses as many chips as are known to do.
#include "millwright/search/search.h"
#include "millwright/search/shared.h"

namespace millwright {
namespace {

/// Fewest chips so far, zero while nothing holds the model; plans of as many are passed over
/// unseen.
struct Fewest {
    const TrainContext& context;
    const PlanSpace& space;
    Bytes usable;  // of a chip's memory; the host's is in `context`
    std::int64_t chips = 0;

    /// Whether any schedule and memory choice of these ways fits chip and host: one is enough.
    bool holds(Shared& shared, Plan plan) const {
        for (const ScheduleChoice& schedule : space.schedules) {
            plan.schedule = schedule.schedule;
            plan.virtual_stages = schedule.virtual_stages;
            if (!can_be_scheduled(space, plan) || !fills_rounds(plan)) continue;
            for (const MemoryChoice& choice : space.memory) {
                plan.recompute = choice.recompute;
                plan.sharding = choice.sharding;
                plan.offload = choice.offload;
                if (!can_be_sharded(plan)) continue;
                const StepMemory held = shared.memory(plan);
                if (held.total <= usable && held.host <= context.host.memory) return true;
            }
        }
        return false;
    }
};

}  // namespace

std::int64_t fewest_chips(const TrainContext& context, const SpaceLimits& limits) {
    const PlanSpace space = plan_space(context, limits);
    Fewest fewest{context, space, context.chip.memory_capacity * context.assume.usable_memory};
    std::vector<Stages> stages;
    for (const std::int64_t ways : space.pipeline) {
        stages.push_back(stages_of(context.model, ways, context.balance));
    }
    for (const Branch& branch : branches(space)) {
        Plan plan = branch.plan;
        const ShardCosts costs = shard_costs(context, plan);
        for (std::size_t p = 0; p < space.pipeline.size(); ++p) {
            plan.pipeline = space.pipeline[p];
            Shared shared(context, costs, stages[p]);
            for (const std::int64_t ways : space.data) {
                plan.data = ways;
                shared.forget_data();
                // later data ways use more chips yet: the list rises
                if (fewest.chips > 0 && chips_used(plan) >= fewest.chips) break;
                if (!can_be_placed(space, plan) || !fewest.holds(shared, plan)) continue;
                fewest.chips = chips_used(plan);
                break;
            }
        }
    }
    return fewest.chips;
}

}  // namespace millwright
