// No second model: passes and what stands at the end are those of the closed form (step_parts),
// placed by the walk over the schedule's order. Of passes that go on beside each other the first
// is drawn as long as it is alone and the last has the rest of the turn. What a step waits for at
// its end begins for all ranks when the last pass of any has ended.
#include "millwright/train/timeline.h"

#include <algorithm>

#include "millwright/train/step_ends.h"
#include "millwright/train/walk.h"

namespace millwright {
namespace {

/// Passes of a turn, one after another where they went on together.
void add_turn(const StagePasses& stages, const Plan& plan, std::int64_t rank,
              std::span<const WalkedSlot> turn, std::vector<Task>& tasks) {
    Seconds at = turn.front().start;
    for (const WalkedSlot& walked : turn) {
        const Slot& slot = walked.slot;
        const bool last = &walked == &turn.back();
        const Seconds end =
            last ? walked.end : at + turn_length(plan, stages, rank, std::span(&slot, 1));
        tasks.push_back(
            {slot.kind, rank, slot.micro_batch, slot.chunk, at, min(end, walked.end) - at});
        at = min(end, walked.end);
    }
}

/// What all ranks wait for together after the last pass.
void add_ends(const Plan& plan, const StepParts& step, Seconds end, std::vector<Task>& tasks) {
    for (std::int64_t s = 0; s < plan.pipeline; ++s) {
        Seconds at = end;
        const auto add = [&](TaskKind kind, Seconds duration) {
            if (duration > Seconds{}) tasks.push_back({kind, s, 0, 0, at, duration});
            at += duration;
        };
        add(TaskKind::data, step.times.data + step.times.pipeline);
        add(TaskKind::optimizer, step.times.optimizer);
        add(TaskKind::waits, step.ends.waits);
    }
}

}  // namespace

std::vector<Task> timeline(const TrainContext& context, const Plan& plan) {
    const StepParts step = step_parts(context, plan);
    const StagePasses& stages = step.pipeline.passes;
    const auto ranks = walk(plan, [&](std::int64_t rank, std::span<const Slot> turn) {
        return turn_length(plan, stages, rank, turn);
    });
    std::vector<Task> tasks;
    Seconds end;
    for (std::size_t r = 0; r < ranks.size(); ++r) {
        const std::vector<WalkedSlot>& slots = ranks[r];
        for (std::size_t i = 0, n = 0; i < slots.size(); i += n) {
            n = i + 1 < slots.size() && slots[i + 1].slot.beside ? 2 : 1;
            add_turn(stages, plan, static_cast<std::int64_t>(r), std::span(slots).subspan(i, n),
                     tasks);
        }
        end = max(end, slots.back().end);
    }
    add_ends(plan, step, end, tasks);
    std::stable_sort(tasks.begin(), tasks.end(), [](const Task& a, const Task& b) {
        return a.stage != b.stage ? a.stage < b.stage : a.start < b.start;
    });
    return tasks;
}

namespace {

/// Attention of the plain kinds goes without saying.
std::string layer_name(const Layer& layer) {
    std::string name = layer.channel == ChannelKind::experts ? "layer with experts"
                       : layer.channel == ChannelKind::dense ? "dense layer"
                                                             : "layer";
    const MixerKind kind = layer.mixer.kind;
    if (kind != MixerKind::attention && kind != MixerKind::latent) {
        name += ", " + std::string(name_of(kind));
    }
    return layer.mixer.window > 0 ? name + ", windowed" : name;
}

void add_layer(const TrainContext& context, const Shard& shard, const LayerCost& cost,
               const Layer& layer, std::vector<LayerTask>& tasks) {
    Seconds at;
    const auto add = [&](std::string_view name, Seconds duration) {
        if (duration <= Seconds{}) return;
        tasks.push_back({layer_name(layer), std::string(name), at, duration});
        at += duration;
    };
    for (const auto& [name, time] : forward_times(context, shard, layer)) add(name, time);
    add("exposed tensor communication", cost.passes.forward.tensor.exposed);
    add("exposed context communication", cost.passes.forward.context.exposed);
    add("exposed expert communication", cost.passes.forward.expert.exposed);
}

}  // namespace

Plan shortened(const Plan& plan, std::int64_t most) {
    // forward, backward and perhaps a weight gradient in each chunk of each stage
    const std::int64_t per_micro_batch = 3 * plan.pipeline * plan.virtual_stages;
    const std::int64_t kept = most / per_micro_batch / plan.pipeline * plan.pipeline;
    if (kept < whole_rounds(plan, 1) || kept >= micro_batches(plan)) return plan;
    Plan shorter = plan;
    shorter.global_batch = kept * plan.data * plan.micro_batch;
    return shorter;
}

std::vector<LayerTask> layer_timeline(const TrainContext& context, const Plan& plan) {
    const ShardCosts costs = shard_costs(context, plan);
    std::vector<LayerTask> tasks;
    for (std::size_t kind = 0; kind < costs.layers.size(); ++kind) {
        add_layer(context, shard_of(context, plan), costs.layers[kind], costs.pattern.kinds[kind],
                  tasks);
    }
    return tasks;
}

}  // namespace millwright
