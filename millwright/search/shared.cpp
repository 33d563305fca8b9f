// A search asks for plan after plan of the same ways, with the innermost coordinates changing
// fastest. Each part of a step is kept by the coordinates that it hangs on, as a slot of an array
// where these are few (recompute, sharding, ends of the pipeline), or for the last plan alone where
// they are many (schedule and virtual stages) and plans come in their order. Slots hold what the
// functions of step.h give, and those are called with the same arguments as by `evaluate`, so the
// results are the same bits.
#include "millwright/search/shared.h"

#include <algorithm>
#include <limits>

namespace millwright {

// `ranks` may point into this object, so it is built in place and never copied.
SharedByKind::SharedByKind(const Plan& plan, const Stages& stages) : ranks(&stages) {
    if (copies_of(plan) == 1) return;
    paired = rank_stages(plan, stages);
    ranks = &paired;
}

Shared::Shared(const TrainContext& context, const ShardCosts& costs, const Stages& stages)
    : context_(context), costs_(costs), stages_(stages) {}

void Shared::forget_data() {
    for (auto& held : held_) {
        if (!held) continue;
        held->data.fill(std::nullopt);
        // no plan has zero: micro-batches change with data ways, and with them those in flight
        held->virtual_stages = 0;
    }
}

StepMemory Shared::memory(const Plan& plan) {
    SharedByKind& all = held(plan);
    if (all.schedule != plan.schedule || all.virtual_stages != plan.virtual_stages) {
        all.in_flight = in_flight(plan, *all.ranks);
        all.schedule = plan.schedule;
        all.virtual_stages = plan.virtual_stages;
    }
    return step_memory(context_, plan, costs_, loads(plan, all), all.in_flight);
}

Seconds Shared::bound(const Plan& plan) {
    const PipelineTime& stages = pipeline(plan, held(plan));
    // the first sum of `step_times`, which adds only what is not negative
    return busy_time(plan, stages, bubble(plan, stages));
}

// Without a bubble only the slowest rank counts, and recompute only adds to it. Of each kind of
// schedule the slowest is the same, so one schedule of a kind stands for all of them.
Seconds Shared::floor(const Plan& plan, const std::vector<Schedule>& kinds) {
    Seconds least = Seconds::from_si(std::numeric_limits<double>::max());
    Plan other = plan;
    other.recompute = Recompute::none;
    for (const Schedule kind : kinds) {
        other.schedule = kind;
        if (!has_stages(other)) continue;
        const Seconds slowest = pipeline(other, held(other)).slowest.time();
        least = min(least, static_cast<double>(micro_batches(plan)) * slowest);
    }
    return least;
}

Seconds Shared::step(const Plan& plan, Bytes memory) {
    SharedByKind& all = held(plan);
    const PipelineTime& stages = pipeline(plan, all);
    auto& data = all.data[static_cast<std::size_t>(plan.sharding)];
    if (!data) data = data_time(context_, plan, costs_, stages.heaviest);
    return step_times(context_, plan, stages, *data, bubble(plan, stages), memory).total;
}

Seconds Shared::bubble(const Plan& plan, const PipelineTime& stages) {
    Bubble& last = bubbles_[static_cast<std::size_t>(plan.recompute)];
    std::int64_t m = micro_batches(plan);
    const ScheduleRow& row = row_of(plan);
    // further micro-batches leave the bubble as it is: plans with any number of them share it
    if (row.settled != nullptr) m = std::min(m, row.settled(plan));
    const bool known = last.schedule == plan.schedule && last.micro_batches == m &&
                       last.virtual_stages == plan.virtual_stages;
    if (!known) {
        last = {plan.schedule, plan.virtual_stages, m, bubble_time(plan, stages)};
    }
    return last.time;
}

SharedByKind& Shared::held(const Plan& plan) {
    auto& made = held_[static_cast<std::size_t>(copies_of(plan) - 1)];
    return made ? *made : made.emplace(plan, stages_);
}

const std::vector<RankLoad>& Shared::loads(const Plan& plan, SharedByKind& all) {
    auto& made = all.loads[static_cast<std::size_t>(plan.recompute)];
    if (made.empty()) made = rank_loads(context_, costs_, *all.ranks, plan.recompute);
    return made;
}

const PipelineTime& Shared::pipeline(const Plan& plan, SharedByKind& all) {
    auto& made = all.pipelines[static_cast<std::size_t>(plan.recompute)];
    if (!made) made = pipeline_time(context_, costs_, stages_, plan, loads(plan, all));
    return *made;
}

}  // namespace millwright
