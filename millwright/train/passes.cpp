#include "millwright/train/passes.h"
#include "millwright/base/whole.h"

#include <algorithm>

namespace millwright {
namespace {

void add_calls(const Calls& calls, double count, Calls& sum) {
    sum.gathers += count * calls.gathers;
    sum.scatters += count * calls.scatters;
    sum.dispatches += count * calls.dispatches;
    sum.turns += count * calls.turns;
}

/// Of one layer, forward; `pairs` of a gather and a scatter.
Calls calls_of(const Plan& plan, double pairs, bool experts, bool layer) {
    Calls calls;
    if (plan.tensor > 1) calls.gathers = calls.scatters = pairs;
    if (experts && plan.expert * plan.expert_tensor > 1) calls.dispatches = 2;
    if (layer) calls.turns = real(plan.context) - 1;
    return calls;
}

/// Gathers once more for weight gradients, and keys and values with their gradients.
Calls backward_calls(const Calls& forward) {
    return {2 * forward.gathers, forward.scatters, forward.dispatches, 2 * forward.turns};
}

void add_forward(const LayerCost& cost, const LayerCost& wire, const Calls& calls, double count,
                 Pass& pass) {
    pass.work += count * (cost.forward_compute + cost.host_forward);
    pass.tensor.add(count, cost.tensor_forward, wire.tensor_forward);
    pass.context.add(count, cost.context_forward, wire.context_forward);
    pass.expert.add(count, cost.expert_forward, wire.expert_forward);
    add_calls(calls, count, pass.calls);
}

void add_backward(const LayerCost& cost, const LayerCost& wire, const Calls& calls, double count,
                  Pass& pass) {
    pass.work += count * (cost.backward_compute + cost.host_backward);
    pass.tensor.add(count, cost.tensor_backward, wire.tensor_backward);
    pass.context.add(count, cost.context_backward, wire.context_backward);
    pass.expert.add(count, cost.expert_backward, wire.expert_backward);
    add_calls(backward_calls(calls), count, pass.calls);
}

/// Selective recompute repeats parts of the work, and dispatches where experts are among them.
void add_repeated(const TrainAssumptions& a, const LayerCost& cost, const LayerCost& wire,
                  const Calls& calls, double count, Pass& pass) {
    pass.work += count * cost.repeated_forward;
    if ((a.repeated & repeats::experts) == 0) return;
    pass.expert.add(count, cost.expert_forward, wire.expert_forward);
    pass.calls.dispatches += count * calls.dispatches;
}

void divide(Pass& pass, double chunks) {
    pass.work = pass.work / chunks;
    for (Parts* parts : {&pass.tensor, &pass.context, &pass.expert}) {
        parts->exposed = parts->exposed / chunks;
        parts->hidden = parts->hidden / chunks;
    }
    const Calls all = pass.calls;
    pass.calls = {};
    add_calls(all, 1 / chunks, pass.calls);
}

}  // namespace

ShardCosts all_communication(TrainContext context, const Plan& plan) {
    TrainAssumptions& a = context.assume;
    a.tensor_overlap = a.context_overlap = a.expert_overlap = 0;
    return shard_costs(context, plan);
}

Passes passes_of(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                 const ShardCosts& wires, const Stage& stage) {
    Passes p;
    const TrainAssumptions& a = context.assume;
    const auto add = [&](const LayerCost& cost, const LayerCost& wire, const Calls& calls,
                         double count) {
        add_forward(cost, wire, calls, count, p.forward);
        add_backward(cost, wire, calls, count, p.backward);
        p.weight_gradient += count * cost.weight_gradient;
    };
    for (std::size_t kind = 0; kind < layer_kinds; ++kind) {
        const double count = real(stage.layers[kind]);
        if (count == 0) continue;
        const LayerCost& cost = costs.layers[kind];
        const LayerCost& wire = wires.layers[kind];
        const bool experts = kind_of(kind).experts;
        const Calls calls =
            calls_of(plan, tensor_pairs(context.model, kind_of(kind)), experts, true);
        add(cost, wire, calls, count);
        const double repeated = a.repeated_share * count;
        if (plan.recompute == Recompute::full) {
            add_forward(cost, wire, calls, repeated, p.backward);
        } else if (plan.recompute == Recompute::selective) {
            add_repeated(a, cost, wire, calls, repeated, p.backward);
        }
    }
    if (stage.first) add(costs.embedding, wires.embedding, {}, 1);
    const double heads = 1 + real(context.model.mtp_layers.value);
    if (stage.last) add(costs.head, wires.head, calls_of(plan, 0.5, false, false), heads);
    const double chunks = real(plan.virtual_stages);
    divide(p.forward, chunks);
    divide(p.backward, chunks);
    p.weight_gradient = p.weight_gradient / chunks;
    return p;
}

StepEnds step_ends(const TrainContext& context, const Plan& plan, const StepTimes& times,
                   const PipelineTime& pipeline, const DataTime& data) {
    StepEnds ends;
    const double m = real(micro_batches(plan));
    const double passes = 2 * m * real(plan.virtual_stages);
    if (plan.pipeline > 1) {
        ends.message = data.message;
        const double steady = (1 - context.assume.pipeline_overlap) * passes;
        const Seconds own = (steady + 2 * (real(plan.pipeline) - 1)) * data.message;
        ends.message_stall = max(times.pipeline - own, Seconds{}) / passes;
    }
    const DataTurns all = data_plan(plan, {}).all;
    const Seconds wire = all.reductions * data.reduce + all.gathers * data.gather;
    if (wire > Seconds{}) ends.exposed_data = std::min(1.0, times.data / wire);
    const Seconds told =
        m * pipeline.slowest.total() + times.bubble + times.pipeline + times.data + times.optimizer;
    ends.waits = max(times.total - told, Seconds{});
    return ends;
}

MessageWaits message_waits(const TrainContext& context, const Plan& plan, const StepEnds& ends,
                           Seconds wire) {
    if (plan.pipeline <= 1) return {};
    const Seconds exposed = (1 - context.assume.pipeline_overlap) * ends.message;
    MessageWaits waits{.in_line = exposed};
    if (plan.schedule == Schedule::one_f_one_b) {
        const Seconds half = 0.5 * wire;
        if (exposed < half) waits.share = exposed / half;
        waits.in_line = max(exposed - half, Seconds{});
    }
    waits.in_line += ends.message_stall;
    return waits;
}

DataPlan data_plan(const Plan& plan, const std::vector<Slot>& order) {
    const bool gathers_all = plan.sharding == Sharding::zero_3;
    const bool reduces_all = plan.sharding >= Sharding::zero_2;
    const double m = real(micro_batches(plan));
    DataPlan out{.spread = plan.pipeline == 1};
    if (plan.sharding != Sharding::none) out.all.gathers = gathers_all ? 2 * m : 1;
    out.all.reductions = reduces_all ? m : 1;
    out.of_slot.resize(order.size());
    const double chunk = 1 / real(plan.virtual_stages);
    std::int64_t backwards = 0;
    for (const Slot& slot : order) backwards += slot.kind == TaskKind::backward ? 1 : 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        DataTurns& turns = out.of_slot[i];
        if (order[i].kind == TaskKind::weight_gradient) continue;
        const bool backward = order[i].kind == TaskKind::backward;
        if (gathers_all) turns.gathers = chunk;
        if (i == 0 && !gathers_all) turns.gathers = out.all.gathers;
        if (backward && reduces_all) turns.reductions = chunk;
        // beside the last micro-batch: from its first chunk on
        if (backward && !reduces_all && backwards == plan.virtual_stages) turns.reductions = 1;
        if (backward) --backwards;
    }
    return out;
}

}  // namespace millwright
