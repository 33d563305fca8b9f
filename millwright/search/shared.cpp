#include "millwright/search/shared.h"

namespace millwright {

Shared::Shared(const TrainContext& context, const ShardCosts& costs, const Stages& stages)
    : context_(context),
      costs_(costs),
      stages_(stages),
      weights_(weights_of(context, costs, stages)) {}

void Shared::forget_data() { data_.fill(std::nullopt); }

StepMemory Shared::memory(const Plan& plan) const {
    return step_memory(context_, plan, costs_, stages_, weights_);
}

Seconds Shared::bound(const Plan& plan) {
    return busy_time(plan, pipeline(plan.recompute), bubble(plan));
}

Seconds Shared::floor(const Plan& plan) {
    return static_cast<double>(micro_batches(plan)) * pipeline(Recompute::none).slowest.total();
}

Seconds Shared::step(const Plan& plan, Bytes memory) {
    auto& data = data_[static_cast<std::size_t>(plan.sharding)];
    const PipelineTime& stages = pipeline(plan.recompute);
    if (!data) data = data_time(context_, plan, costs_, stages.heaviest);
    return step_times(context_, plan, stages, *data, bubble(plan), memory).total;
}

Seconds Shared::bubble(const Plan& plan) {
    Bubble& last = bubbles_[static_cast<std::size_t>(plan.recompute)];
    const std::int64_t m = micro_batches(plan);
    const bool known = last.schedule == plan.schedule && last.micro_batches == m &&
                       last.virtual_stages == plan.virtual_stages;
    if (!known) {
        last = {plan.schedule, plan.virtual_stages, m, bubble_time(plan, pipeline(plan.recompute))};
    }
    return last.time;
}

const PipelineTime& Shared::pipeline(Recompute recompute) {
    auto& made = pipelines_[static_cast<std::size_t>(recompute)];
    if (!made) made = pipeline_time(context_, costs_, stages_, recompute);
    return *made;
}

}  // namespace millwright
