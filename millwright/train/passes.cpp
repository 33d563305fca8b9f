// Passes are made once for each stage; a chunk is its share of the stage, whichever layers it
// holds. What slots take of gathers and reductions adds up to what a step has; slots of weight
// gradients take none. Where both ends are fed, ranks r and p - 1 - r hold the same two stages
// and stand as one. Compute that full recompute repeats counts as repeated, not as useful.
#include "millwright/train/passes.h"

#include "millwright/base/whole.h"

namespace millwright {
namespace {

/// What is made again before the backward pass of a layer, of the forward one.
Pass again(const TrainAssumptions& assume, Recompute recompute, const LayerCost& cost) {
    const Pass& forward = cost.passes.forward;
    if (recompute == Recompute::full) {
        // exchanges too are made again; compute counts as repeated, which no useful work is
        Pass all = forward;
        all.blocks = {};
        all.repeated = all.compute;
        all.compute = Seconds{};
        return all;
    }
    Pass some{.repeated = cost.repeated_forward};
    if ((assume.repeated & repeats::experts) == 0) return some;
    some.expert = forward.expert;
    some.calls.dispatches = forward.calls.dispatches;
    return some;
}

}  // namespace

Passes passes_of(const TrainContext& context, const ShardCosts& costs, const Stage& stage,
                 Recompute recompute) {
    Passes sum;
    for (std::size_t kind = 0; kind < stage.layers.size(); ++kind) {
        const double count = real(stage.layers[kind]);
        if (count == 0) continue;
        const LayerCost& cost = costs.layers[kind];
        sum.add(count, cost.passes);
        if (recompute == Recompute::none) continue;
        sum.backward.add(context.assume.repeated_share * count,
                         again(context.assume, recompute, cost));
    }
    if (stage.first) sum.add(1, costs.embedding.passes);
    if (stage.last) sum.add(1 + real(context.model.mtp_layers.value), costs.head.passes);
    return sum;
}

Pass beside(const TrainAssumptions& assume, const Pass& pass, const Pass& other) {
    Pass hidden = pass;
    hidden.expert = parts_of(assume, pass.expert.wire(), 1, other.work());
    return hidden;
}

Pass turn_pass(const TrainAssumptions& assume, const Plan& plan, const std::vector<Passes>& stages,
               std::int64_t rank, std::span<const Slot> turn) {
    // a chunk is taken as its part of the stage, whichever layers it holds
    const double share = 1 / real(plan.virtual_stages);
    const auto held = [&](const Slot& slot) -> const Passes& {
        return stages[static_cast<std::size_t>(stage_at(plan, {rank, slot.chunk}))];
    };
    const auto own = [&](const Slot& slot) -> const Pass& {
        return slot.kind == TaskKind::forward ? held(slot).forward : held(slot).backward;
    };
    Pass all;
    if (turn.size() > 1) {
        all.add(share, beside(assume, own(turn[0]), own(turn[1])));
        all.add(share, beside(assume, own(turn[1]), own(turn[0])));
        return all;
    }
    const Slot& slot = turn.front();
    const Seconds gradient = held(slot).weight_gradient;
    if (slot.kind == TaskKind::weight_gradient) return {.compute = share * gradient};
    all.add(share, own(slot));
    if (slot.defers) all.compute = all.compute - share * gradient;
    return all;
}

std::vector<Passes> all_passes(const TrainContext& context, const Plan& plan,
                               const ShardCosts& costs) {
    std::vector<Passes> all;
    for (const Stage& stage : each_stage(context.model, plan.pipeline, context.balance)) {
        all.push_back(passes_of(context, costs, stage, plan.recompute));
    }
    return all;
}

Stages rank_stages(const Plan& plan, const Stages& stages) {
    if (copies_of(plan) == 1) return stages;
    std::vector<const Stage*> at(static_cast<std::size_t>(plan.pipeline));
    for (const Stage& stage : stages) {
        for (const std::int64_t i : stage.all) at[static_cast<std::size_t>(i)] = &stage;
    }
    Stages ranks;
    // ranks r and p - 1 - r hold the same two stages: one entry stands for both
    for (std::size_t r = 0; r < at.size() / 2; ++r) {
        const Stage& far = *at[at.size() - 1 - r];
        Stage both = *at[r];
        both.index = static_cast<std::int64_t>(r);
        both.copies = 2;
        both.count += far.count;
        for (std::size_t kind = 0; kind < both.layers.size(); ++kind) {
            both.layers[kind] += far.layers[kind];
        }
        both.first = both.first || far.first;
        both.last = both.last || far.last;
        ranks.push_back(both);
    }
    return ranks;
}

DataTurns data_turns(const Plan& plan) {
    // every micro-batch goes through one of a rank's copies, and a turn is of all that it holds
    const double each = real(micro_batches(plan)) / real(copies_of(plan));
    DataTurns turns{.reductions = plan.sharding >= Sharding::zero_2 ? each : 1};
    if (plan.sharding != Sharding::none) {
        turns.gathers = plan.sharding == Sharding::zero_3 ? 2 * each : 1;
    }
    return turns;
}

DataPlan data_plan(const Plan& plan, const std::vector<Slot>& order) {
    const bool gathers_all = plan.sharding == Sharding::zero_3;
    const bool reduces_all = plan.sharding >= Sharding::zero_2;
    DataPlan out{.spread = plan.pipeline == 1, .all = data_turns(plan)};
    out.of_slot.resize(order.size());
    const std::int64_t chunks = chunks_of(plan);
    const double chunk = 1 / real(chunks);
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
        if (backward && !reduces_all && backwards == chunks) turns.reductions = 1;
        if (backward) --backwards;
    }
    return out;
}

DataTurns data_of_turn(const DataPlan& data, std::size_t at, std::size_t slots) {
    DataTurns sum;
    for (std::size_t i = at; i < at + slots; ++i) {
        sum.gathers += data.of_slot[i].gathers;
        sum.reductions += data.of_slot[i].reductions;
    }
    return sum;
}

}  // namespace millwright
