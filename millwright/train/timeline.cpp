#include "millwright/train/timeline.h"

#include <algorithm>
#include <stdexcept>

#include "millwright/train/passes.h"

namespace millwright {
namespace {

struct Simulation {
    const Plan& plan;
    std::vector<Passes> passes;  // by stage
    std::vector<std::vector<Slot>> orders;
    std::vector<std::size_t> next;
    std::vector<Seconds> free_at;
    // finish times by stage, chunk and micro-batch; negative while unfinished
    std::vector<double> forward_done, backward_done;
    std::vector<Task> tasks;

    std::size_t cell(std::int64_t stage, std::int64_t chunk, std::int64_t m) const {
        const std::int64_t row = stage * plan.virtual_stages + chunk;
        return static_cast<std::size_t>(row * micro_batches(plan) + m);
    }

    double forward_ready(std::int64_t s, const Slot& slot) const {
        if (s > 0) return forward_done[cell(s - 1, slot.chunk, slot.micro_batch)];
        if (slot.chunk == 0) return 0;
        return forward_done[cell(plan.pipeline - 1, slot.chunk - 1, slot.micro_batch)];
    }

    double backward_ready(std::int64_t s, const Slot& slot) const {
        const double own = forward_done[cell(s, slot.chunk, slot.micro_batch)];
        const std::int64_t last = plan.pipeline - 1;
        if (s < last)
            return std::min(own, 0.0) < 0
                       ? -1
                       : backward_done[cell(s + 1, slot.chunk, slot.micro_batch)];
        if (slot.chunk == plan.virtual_stages - 1) return own;
        return backward_done[cell(0, slot.chunk + 1, slot.micro_batch)];
    }

    double ready(std::int64_t s, const Slot& slot) const {
        switch (slot.kind) {
            case TaskKind::forward: return forward_ready(s, slot);
            case TaskKind::backward: return backward_ready(s, slot);
            default: return 0;  // follows its own backward on the same stage
        }
    }

    Seconds length(std::int64_t s, TaskKind kind) const {
        const Passes& p = passes[static_cast<std::size_t>(s)];
        const bool split = plan.schedule == Schedule::zero_bubble;
        const Seconds backward = p.backward.time();
        switch (kind) {
            case TaskKind::forward: return p.forward.time();
            case TaskKind::backward: return split ? backward - p.weight_gradient : backward;
            default: return p.weight_gradient;
        }
    }

    /// Runs the next task of a stage if its input is there.
    bool advance(std::int64_t s) {
        const auto i = static_cast<std::size_t>(s);
        if (next[i] >= orders[i].size()) return false;
        const Slot slot = orders[i][next[i]];
        const double input = ready(s, slot);
        if (input < 0) return false;
        const Seconds start = max(free_at[i], Seconds::from_si(input));
        const Seconds duration = length(s, slot.kind);
        tasks.push_back({slot.kind, s, slot.micro_batch, slot.chunk, start, duration});
        free_at[i] = start + duration;
        const std::size_t at = cell(s, slot.chunk, slot.micro_batch);
        if (slot.kind == TaskKind::forward) forward_done[at] = free_at[i].si();
        if (slot.kind == TaskKind::backward) backward_done[at] = free_at[i].si();
        ++next[i];
        return true;
    }
};

Simulation simulation_of(const TrainContext& context, const Plan& plan) {
    const ShardCosts costs = shard_costs(context, plan);
    Simulation sim{plan, {}, {}, {}, {}, {}, {}, {}};
    for (const Stage& stage : each_stage(context.model, plan.pipeline, context.balance)) {
        sim.passes.push_back(passes_of(context, plan, costs, costs, stage));
        sim.orders.push_back(schedule_order(plan, stage.index));
    }
    const auto stages = static_cast<std::size_t>(plan.pipeline);
    sim.next.assign(stages, 0);
    sim.free_at.assign(stages, Seconds{});
    const auto cells =
        static_cast<std::size_t>(plan.pipeline * plan.virtual_stages * micro_batches(plan));
    sim.forward_done.assign(cells, -1);
    sim.backward_done.assign(cells, -1);
    return sim;
}

/// What all stages wait for together after the last pass.
void add_ends(const TrainContext& context, const Plan& plan, Simulation& sim) {
    const ShardCosts costs = shard_costs(context, plan);
    const Stages stages = stages_of(context.model, plan.pipeline, context.balance);
    const PipelineTime pipeline = pipeline_time(context, costs, stages, plan.recompute);
    const StepTimes times = evaluate(context, plan, costs, stages).times;
    const DataTime data = data_time(context, plan, costs, pipeline.heaviest);
    const Seconds waits = step_ends(context, plan, times, pipeline, data).waits;
    Seconds end;
    for (const Seconds free : sim.free_at) end = max(end, free);
    for (std::int64_t s = 0; s < plan.pipeline; ++s) {
        Seconds at = end;
        const auto add = [&](TaskKind kind, Seconds duration) {
            if (duration > Seconds{}) sim.tasks.push_back({kind, s, 0, 0, at, duration});
            at += duration;
        };
        add(TaskKind::data, times.data + times.pipeline);
        add(TaskKind::optimizer, times.optimizer);
        add(TaskKind::waits, waits);
    }
}

}  // namespace

std::vector<Task> timeline(const TrainContext& context, const Plan& plan) {
    Simulation sim = simulation_of(context, plan);
    bool moved = true;
    while (moved) {
        moved = false;
        for (std::int64_t s = 0; s < plan.pipeline; ++s) {
            while (sim.advance(s)) moved = true;
        }
    }
    for (std::size_t s = 0; s < sim.next.size(); ++s) {
        if (sim.next[s] < sim.orders[s].size()) throw std::logic_error("a schedule is stuck");
    }
    add_ends(context, plan, sim);
    std::stable_sort(sim.tasks.begin(), sim.tasks.end(), [](const Task& a, const Task& b) {
        return a.stage != b.stage ? a.stage < b.stage : a.start < b.start;
    });
    return sim.tasks;
}

namespace {

std::string layer_name(LayerKind kind) {
    const std::string name = kind.experts ? "layer with experts" : "dense layer";
    return kind.windowed ? name + ", windowed" : name;
}

void add_layer(const TrainContext& context, const Shard& shard, const LayerCost& cost,
               LayerKind kind, std::vector<LayerTask>& tasks) {
    Seconds at;
    const auto add = [&](std::string_view name, Seconds duration) {
        if (duration <= Seconds{}) return;
        tasks.push_back({layer_name(kind), std::string(name), at, duration});
        at += duration;
    };
    for (const Operation& op : layer_operations(context.model, kind, shard)) {
        add(op.name, forward_time(context.chip, op));
    }
    add("exposed tensor communication", cost.tensor_forward);
    add("exposed context communication", cost.context_forward);
    add("exposed expert communication", cost.expert_forward);
}

}  // namespace

Plan shortened(const Plan& plan, std::int64_t most) {
    const std::int64_t per_micro_batch = 3 * plan.pipeline * plan.virtual_stages;
    const std::int64_t kept = most / per_micro_batch / plan.pipeline * plan.pipeline;
    if (kept < 1 || kept >= micro_batches(plan)) return plan;
    Plan shorter = plan;
    shorter.global_batch = kept * plan.data * plan.micro_batch;
    return shorter;
}

std::vector<LayerTask> layer_timeline(const TrainContext& context, const Plan& plan) {
    const ShardCosts costs = shard_costs(context, plan);
    const LayerCounts counts = prefix_counts(context.model).back();
    std::vector<LayerTask> tasks;
    for (std::size_t kind = 0; kind < layer_kinds; ++kind) {
        if (counts[kind] == 0) continue;
        add_layer(context, shard_of(context, plan), costs.layers[kind], kind_of(kind), tasks);
    }
    return tasks;
}

}  // namespace millwright
