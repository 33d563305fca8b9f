#include "millwright/search/shared.h"

#include <algorithm>
#include <limits>

namespace millwright {

Shared::Shared(const TrainContext& context, const ShardCosts& costs, const Stages& stages)
    : context_(context), costs_(costs), stages_(stages) {}

void Shared::forget_data() {
    for (auto& held : held_) {
        if (held) held->data.fill(std::nullopt);
    }
}

StepMemory Shared::memory(const Plan& plan) {
    const Held& all = held(plan);
    return step_memory(context_, plan, costs_, *all.stages, all.weights);
}

Seconds Shared::bound(const Plan& plan) {
    const Seconds waits = bubble(plan);
    return busy_time(plan, pipeline(plan), waits);
}

Seconds Shared::floor(const Plan& plan, const std::vector<Schedule>& kinds) {
    Seconds least = Seconds::from_si(std::numeric_limits<double>::max());
    Plan other = plan;
    other.recompute = Recompute::none;
    for (const Schedule kind : kinds) {
        other.schedule = kind;
        if (!has_stages(other)) continue;
        const Seconds slowest = pipeline(other).slowest.time();
        least = min(least, static_cast<double>(micro_batches(plan)) * slowest);
    }
    return least;
}

Seconds Shared::step(const Plan& plan, Bytes memory) {
    const Seconds waits = bubble(plan);
    const PipelineTime& stages = pipeline(plan);
    auto& data = held(plan).data[static_cast<std::size_t>(plan.sharding)];
    if (!data) data = data_time(context_, plan, costs_, stages.heaviest);
    return step_times(context_, plan, stages, *data, waits, memory).total;
}

Seconds Shared::bubble(const Plan& plan) {
    Bubble& last = bubbles_[static_cast<std::size_t>(plan.recompute)];
    std::int64_t m = micro_batches(plan);
    const ScheduleRow& row = row_of(plan);
    if (row.settled != nullptr) m = std::min(m, row.settled(plan));
    const bool known = last.schedule == plan.schedule && last.micro_batches == m &&
                       last.virtual_stages == plan.virtual_stages;
    if (!known) {
        last = {plan.schedule, plan.virtual_stages, m, bubble_time(plan, pipeline(plan))};
    }
    return last.time;
}

Shared::Held& Shared::held(const Plan& plan) {
    auto& made = held_[static_cast<std::size_t>(copies_of(plan) - 1)];
    if (!made) {
        made.emplace(Held{});
        if (copies_of(plan) > 1) made->paired = rank_stages(plan, stages_);
        made->stages = copies_of(plan) > 1 ? &made->paired : &stages_;
        made->weights = weights_of(context_, costs_, *made->stages);
    }
    return *made;
}

const PipelineTime& Shared::pipeline(const Plan& plan) {
    auto& made = held(plan).pipelines[static_cast<std::size_t>(plan.recompute)];
    if (!made) made = pipeline_time(context_, costs_, stages_, plan);
    return *made;
}

}  // namespace millwright
