#include "millwright/evidence/row_search.h"

#include <optional>

#include "millwright/train/schedule.h"

namespace millwright {
namespace {

constexpr std::int64_t most_tensor = 8, most_stages = 64, most_micro_batch = 4;
constexpr double least_tokens = 8192;  // of a context rank

/// The fastest so far.
struct Best {
    Plan plan;
    Seconds time;
    bool found = false;
};

/// The lightest recompute and sharding with which the plan fits, if any does.
void try_plan(const TrainingRow& row, Plan plan, bool recompute_printed, Best& best) {
    for (const Sharding sharding : {Sharding::zero_1, Sharding::zero_3}) {
        if (sharding == Sharding::zero_3 && plan.pipeline > 1) continue;
        for (const Recompute recompute : {Recompute::none, Recompute::selective, Recompute::full}) {
            if (recompute_printed && recompute != row.plan.recompute) continue;
            plan.sharding = sharding;
            plan.recompute = recompute;
            const Step step = evaluate(row.context, plan);
            if (!step.fits) continue;
            if (!best.found || step.times.total < best.time) {
                best = {plan, step.times.total, true};
            }
            return;
        }
    }
}

/// Expert ways and micro-batches of given other ways.
void try_ways(const TrainingRow& row, Plan plan, bool recompute_printed, Best& best) {
    const std::int64_t ranks = plan.tensor * plan.context * plan.data;
    const std::int64_t experts = row.context.model.experts.value;
    for (std::int64_t expert = 1; expert <= std::max<std::int64_t>(1, experts); expert *= 2) {
        if (ranks % expert != 0 || (experts > 0 && experts % expert != 0)) continue;
        for (std::int64_t batch = 1; batch <= most_micro_batch; batch *= 2) {
            if (plan.global_batch % (plan.data * batch) != 0) continue;
            if (plan.global_batch / (plan.data * batch) < plan.pipeline) continue;
            plan.expert = expert;
            plan.micro_batch = batch;
            try_plan(row, plan, recompute_printed, best);
        }
    }
}

}  // namespace

bool search_layout(TrainingRow& row, bool recompute_printed) {
    const TrainContext& c = row.context;
    const auto chips = static_cast<std::int64_t>(row.chips);
    const std::int64_t heads = dividing_heads(c.model);
    Best best;
    for (std::int64_t context = 1; !best.found; context *= 2) {
        if (context > 1 && c.sequence / static_cast<double>(context) < least_tokens) break;
        for (std::int64_t stages = 1; stages <= most_stages && !best.found; stages *= 2) {
            if (stages > c.model.layers.value) break;
            if (!can_split(c.assume.stages, c.model.layers.value, stages, 1)) continue;
            for (std::int64_t tensor = 1; tensor <= most_tensor; tensor *= 2) {
                const std::int64_t ways = stages * tensor * context;
                if (heads % tensor != 0 || static_cast<double>(tensor) > c.network.domain) continue;
                if (chips % ways != 0) continue;
                Plan plan = row.plan;
                plan.pipeline = stages;
                plan.tensor = tensor;
                plan.context = context;
                plan.data = chips / ways;
                plan.schedule = usual_schedule(1);
                try_ways(row, plan, recompute_printed, best);
            }
        }
    }
    if (best.found) row.plan = best.plan;
    return best.found;
}

}  // namespace millwright
