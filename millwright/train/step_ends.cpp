// The closed form adds up totals; engines that run passes one by one need to know where each second
// stands.
#include "millwright/train/step_ends.h"

#include <algorithm>

#include "millwright/base/whole.h"
#include "millwright/train/passes.h"

namespace millwright {

StepEnds step_ends(const TrainContext& context, const Plan& plan, const StepTimes& times,
                   const PipelineTime& pipeline, const DataTime& data) {
    StepEnds ends;
    const double m = real(micro_batches(plan));
    if (plan.pipeline > 1) {
        ends.message = data.message;
        const Seconds own = exposed_messages_of(context.assume, plan) * data.message;
        const double passes = 2 * m * real(plan.virtual_stages);
        ends.message_stall = max(times.pipeline - own, Seconds{}) / passes;
    }
    const DataTurns all = data_turns(plan);
    const Seconds wire = all.reductions * data.reduce + all.gathers * data.gather;
    if (wire > Seconds{}) ends.exposed_data = std::min(1.0, times.data / wire);
    const Seconds told =
        m * pipeline.slowest.time() + times.bubble + times.pipeline + times.data + times.optimizer;
    ends.waits = max(times.total - told, Seconds{});
    return ends;
}

MessageWaits message_waits(const TrainContext& context, const Plan& plan, const StepEnds& ends,
                           Seconds wire) {
    if (plan.pipeline <= 1) return {};
    const double passes = 2 * real(micro_batches(plan)) * real(plan.virtual_stages);
    const double steady = steady_messages_of(context.assume, plan) / passes;
    const Seconds exposed = steady * ends.message;
    MessageWaits waits{.in_line = exposed};
    if (row_of(plan).by_turns) {
        // stages that wait by turns expose half a message anyway: less is had by sending only a
        // share that is waited for, more by standing in line
        const Seconds half = 0.5 * wire;
        if (exposed < half) waits.share = exposed / half;
        waits.in_line = max(exposed - half, Seconds{});
    }
    waits.in_line += ends.message_stall;
    return waits;
}

Seconds in_line(const MessageWaits& waits, std::span<const Slot> turn) {
    const bool passes = turn.front().kind != TaskKind::weight_gradient;
    return passes ? real(turn.size()) * waits.in_line : Seconds{};
}

StepParts step_parts(const TrainContext& context, const Plan& plan) {
    StepParts all{.costs = shard_costs(context, plan)};
    const Stages classes = stages_of(context.model, plan.pipeline, context.balance);
    all.pipeline = pipeline_time(context, all.costs, classes, plan);
    all.data = data_time(context, plan, all.costs, all.pipeline.heaviest);
    all.times = evaluate(context, plan, all.costs, classes).times;
    all.ends = step_ends(context, plan, all.times, all.pipeline, all.data);
    return all;
}

}  // namespace millwright
