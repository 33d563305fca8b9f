// The closed form of a step. Passes of the slowest rank are taken M times, the bubble tops them up
// to the span of the pipeline, and the rest is added after: nothing else runs while it is waited
// for. Of compute a third is forward and two thirds are backward, where the two are not kept apart;
// half is of each where weights are frozen.
#include "millwright/train/step.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/collective/collectives.h"
#include "millwright/train/low_rank.h"
#include "millwright/train/states.h"

namespace millwright {
namespace {

/// Standard deviations by which the slowest of n chips is expected to lag (Gumbel's limit).
double slowest_of(double n) { return std::sqrt(2 * std::log(std::max(1.0, n))); }

/// Weights are reduced and gathered in buckets: a layer each where they are sharded, otherwise
/// 40 million or one million a rank, as Megatron-Core does.
double buckets_of(const Plan& plan, const RankWeights& moved, double layers, double ranks) {
    if (plan.sharding == Sharding::zero_3) return std::max(1.0, layers);
    const double bucket = std::max(40e6, 1e6 * ranks);
    return std::max(1.0, (moved.shared + moved.routed) / bucket);
}

/// One pass over the weights of a rank that are `moved`, of all together `bytes`, bucket by bucket:
/// each pays for the start of its collective. Groups of experts have their own, one after the
/// other.
Seconds both_groups(const TrainContext& context, const Plan& plan, Collective collective,
                    const RankWeights& moved, const RankWeights& bytes) {
    const double dense_ranks = dense_replicas(plan).sharing;
    const Group dense = group_on(context.network, dense_ranks, real(plan.tensor));
    const Group routed = group_on(context.network, routed_replicas(plan).sharing,
                                  real(plan.expert * plan.expert_tensor));
    const double layers = real(context.model.layers.value) / real(plan.pipeline);
    const double buckets = buckets_of(plan, moved, layers, dense_ranks);
    const Bytes dense_size = bytes.shared / buckets * unit::B;
    const Bytes routed_size = bytes.routed / buckets * unit::B;
    return context.assume.factors.data * buckets *
           (collective_time(context.network, collective, dense, dense_size).time +
            collective_time(context.network, collective, routed, routed_size).time);
}

/// All-reduce of a sharding group's gradients over the groups (HSDP), each rank of what it owns;
/// zero for one group. Experts again have groups of their own.
Seconds replica_time(const TrainContext& context, const Plan& plan, const RankWeights& reduced) {
    const auto across = [&](const Replicas& ranks, double stride, double bytes) {
        if (ranks.sharing >= ranks.all) return Seconds{};
        const Group groups =
            group_on(context.network, ranks.all / ranks.sharing, ranks.sharing * stride);
        const Bytes owned = bytes / ranks.sharing * unit::B;
        return collective_time(context.network, Collective::all_reduce, groups, owned).time;
    };
    return context.assume.factors.data *
           (across(dense_replicas(plan), real(plan.tensor), reduced.shared) +
            across(routed_replicas(plan), real(plan.expert * plan.expert_tensor), reduced.routed));
}

/// Gradient reduction and weight gathering, one pass over all weights of a rank.
void add_traffic(const TrainContext& context, const Plan& plan, const Weights& held,
                 DataTime& time) {
    // frozen weights have no gradients, but where they are sharded each pass gathers them
    const bool whole = plan.sharding == Sharding::zero_3;
    const RankWeights trained = trained_weights(context, held);
    if ((trained.any() || whole) && plan.sharding != Sharding::none) {
        time.gather = both_groups(context, plan, Collective::all_gather, whole ? held : trained,
                                  gathered_bytes(context, plan, held));
    }
    if (!trained.any()) return;
    const RankWeights reduced = reduced_bytes(context, held);
    if (plan.sharding == Sharding::none) {
        time.reduce = both_groups(context, plan, Collective::all_reduce, trained, reduced);
        return;
    }
    time.reduce = both_groups(context, plan, Collective::reduce_scatter, trained, reduced) +
                  replica_time(context, plan, reduced);
}

/// Exposed gradient reduction and weight gathering of a step.
Seconds exposed_data(const TrainContext& context, const Plan& plan, const PipelineTime& pipeline,
                     const DataTime& traffic) {
    const TrainAssumptions& a = context.assume;
    const bool replicated = plan.sharding == Sharding::none;
    const double overlap = replicated ? a.replicated_overlap : a.data_overlap;
    const auto exposed = [&](Seconds wire, Seconds window) {
        return left_exposed(a, wire, overlap, window);
    };
    // time hides one thing only: a ring behind attention, experts' exchanges behind projections and
    // an attention that hides no ring
    const Pass& slowest = pipeline.slowest;
    const bool ring = slowest.context.wire() > Seconds{};
    const bool experts = slowest.expert.wire() > Seconds{};
    const auto taken = [&](bool by, Block b) {
        return by ? slowest.blocks[static_cast<std::size_t>(b)] : Seconds{};
    };
    const Seconds window =
        real(copies_of(plan)) * (slowest.compute - taken(ring || experts, Block::attention) -
                                 taken(experts, Block::projections));
    const double ratio = backward_over_forward(context.low_rank);
    const Seconds backward = (ratio / (1 + ratio)) * window;
    const Seconds forward = window - backward;
    const DataTurns turns = data_turns(plan);
    if (turns.gathers > turns.reductions) {  // once more for each backward pass
        return turns.reductions * (exposed(traffic.reduce + traffic.gather, backward) +
                                   exposed(traffic.gather, forward));
    }
    return turns.reductions * exposed(traffic.reduce, backward) + exposed(traffic.gather, forward);
}

/// Exposed messages of a pipeline, and its waits where the cluster is rather stalled.
Seconds exposed_messages(const TrainContext& context, const Plan& plan, Seconds message) {
    if (plan.pipeline <= 1) return {};
    const StalledState stalled = stalled_state(context, plan);
    return exposed_messages_of(context.assume, plan) * message +
           (stalled.likelier() ? stalled.wait : Seconds{});
}

/// Weights whose optimizer states a rank holds.
double updated_weights(const Plan& plan, const RankWeights& trained) {
    const bool split = plan.sharding >= Sharding::zero_1;
    return trained.shared / (split ? dense_replicas(plan).sharing : 1) +
           trained.routed / (split ? routed_replicas(plan).sharing : 1);
}

Seconds optimizer_time(const TrainContext& context, const Plan& plan, const Weights& held) {
    const RankWeights trained = trained_weights(context, held);
    if (!trained.any()) return {};
    const double weights = updated_weights(plan, trained);
    return memory_time(context.chip, weights * context.assume.optimizer_traffic * unit::B);
}

/// Gradients go down, behind the last backward pass as far as data communication hides; the host
/// updates at the rate of its memory while weights go up again. Copy engines take no processors.
Seconds host_update(const TrainContext& context, const Plan& plan, const PipelineTime& pipeline) {
    const TrainAssumptions& a = context.assume;
    const RankWeights trained = trained_weights(context, pipeline.heaviest);
    if (!trained.any()) return {};
    const double weights = updated_weights(plan, trained);
    const Seconds copy = weights * a.weight_bytes * unit::B / context.host.link;
    const Seconds update = weights * a.optimizer_traffic * unit::B / context.host.bandwidth;
    const double ratio = backward_over_forward(context.low_rank);
    const Seconds backward = (ratio / (1 + ratio)) * pipeline.slowest.compute;
    return copy - min(a.data_overlap * copy, backward) + max(copy, update);
}

/// What a micro-batch saves goes down behind its forward pass and up again behind its backward.
Seconds activation_copies(const TrainContext& context, const Plan& plan,
                          const PipelineTime& pipeline) {
    const Seconds copy = pipeline.saved / context.host.link;
    const double ratio = backward_over_forward(context.low_rank);
    const Seconds forward = pipeline.slowest.compute / (1 + ratio);
    const Seconds waits = max(copy - forward, Seconds{}) + max(copy - ratio * forward, Seconds{});
    return real(micro_batches(plan)) * waits;
}

}  // namespace

double steady_messages_of(const TrainAssumptions& assume, const Plan& plan) {
    const ScheduleRow& row = row_of(plan);
    const double passes = row.alone != nullptr
                              ? row.alone(plan)
                              : 2 * real(plan.virtual_stages) * real(micro_batches(plan));
    return (1 - assume.pipeline_overlap) * passes;
}

double exposed_messages_of(const TrainAssumptions& assume, const Plan& plan) {
    // the first micro-batch on its way through all stages, and the last on its way back
    const double fill = 2 * (real(plan.pipeline) - 1) / real(copies_of(plan));
    return steady_messages_of(assume, plan) + fill;
}

Replicas dense_replicas(const Plan& plan) {
    const double all = real(plan.data * plan.context * copies_of(plan));
    return {all, plan.shard_group > 0 ? std::min(all, real(plan.shard_group)) : all};
}

Replicas routed_replicas(const Plan& plan) {
    const Replicas dense = dense_replicas(plan);
    // of a stage's ranks, tensor times `all`, each expert * expert_tensor hold every expert once
    const double width = real(plan.expert * plan.expert_tensor) / real(plan.tensor);
    return {std::max(1.0, dense.all / width), std::max(1.0, dense.sharing / width)};
}

namespace {

/// Where a rank holds two stages, the mean of their passes, each beside the other's.
Pass mean_of(const TrainAssumptions& assume, const Passes& one, const Passes& other) {
    Pass sum;
    sum.add(0.5, beside(assume, one.forward, other.backward));
    sum.add(0.5, beside(assume, other.forward, one.backward));
    sum.add(0.5, beside(assume, one.backward, other.forward));
    sum.add(0.5, beside(assume, other.backward, one.forward));
    return sum;
}

/// Passes beside each other, where micro-batches enter at both ends, and the slowest rank's.
Pass pair_passes(const TrainContext& context, const ShardCosts& costs, const Stages& stages,
                 Recompute recompute, std::vector<StagePass>& passes) {
    std::vector<Passes> at(passes.size());
    for (const Stage& stage : stages) {
        const Passes own = passes_of(context, costs, stage, recompute);
        for (const std::int64_t i : stage.all) at[static_cast<std::size_t>(i)] = own;
    }
    Pass slowest;
    for (std::size_t r = 0; r < at.size(); ++r) {
        const Passes& own = at[r];
        const Passes& other = at[at.size() - 1 - r];
        const TrainAssumptions& a = context.assume;
        passes[r].forward_beside = beside(a, own.forward, other.backward).time();
        passes[r].backward_beside = beside(a, own.backward, other.forward).time();
        const Pass mean = mean_of(a, own, other);
        if (mean.time() > slowest.time()) slowest = mean;
    }
    return slowest;
}

void widen(RankWeights& most, const RankWeights& other) {
    most.shared = std::max(most.shared, other.shared);
    most.routed = std::max(most.routed, other.routed);
}

/// The heaviest and fullest of ranks that hold a mean of `copies` stages each.
void fill_held(const std::vector<RankLoad>& loads, double copies, PipelineTime& result) {
    for (const RankLoad& load : loads) {
        widen(result.heaviest, load.weights);
        widen(result.heaviest.adapters, load.weights.adapters);
        widen(result.heaviest.packed, load.weights.packed);
        result.layers = std::max(result.layers, load.layers / copies);
        result.saved = max(result.saved, load.saved / copies);
    }
}

}  // namespace

PipelineTime pipeline_time(const TrainContext& context, const ShardCosts& costs,
                           const Stages& stages, const Plan& plan,
                           const std::vector<RankLoad>& loads) {
    PipelineTime result;
    std::vector<StagePass> passes(static_cast<std::size_t>(plan.pipeline));
    for (const Stage& stage : stages) {
        const Passes own = passes_of(context, costs, stage, plan.recompute);
        const StagePass pass{own.forward.time(), own.backward.time(), own.weight_gradient};
        for (const std::int64_t i : stage.all) passes[static_cast<std::size_t>(i)] = pass;
        const bool slowest = pass.forward + pass.backward > result.slowest.time();
        if (!stage.first && !slowest) continue;
        result.slowest = own.forward;
        result.slowest.add(1, own.backward);
    }
    const std::int64_t copies = copies_of(plan);
    if (copies > 1) result.slowest = pair_passes(context, costs, stages, plan.recompute, passes);
    fill_held(loads, real(copies), result);
    result.passes = StagePasses(std::move(passes));
    return result;
}

PipelineTime pipeline_time(const TrainContext& context, const ShardCosts& costs,
                           const Stages& stages, const Plan& plan) {
    const auto loads = rank_loads(context, costs, rank_stages(plan, stages), plan.recompute);
    return pipeline_time(context, costs, stages, plan, loads);
}

DataTime data_time(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                   const Weights& heaviest) {
    DataTime time;
    add_traffic(context, plan, heaviest, time);
    time.optimizer = optimizer_time(context, plan, heaviest);
    if (plan.pipeline > 1) {
        const double stride = real(plan.tensor * plan.context * plan.data);
        time.message = context.assume.factors.pipeline *
                           point_to_point_time(context.network, stride, costs.stage_message) +
                       context.assume.host_message;
        if (context.assume.tensor_stall > Seconds{}) {
            time.tensor_start = tensor_start(context, plan, costs);
        }
    }
    return time;
}

Seconds bubble_time(const Plan& plan, const PipelineTime& pipeline) {
    const Plan seen = settled(plan);
    const Seconds work = real(micro_batches(seen)) * pipeline.slowest.time();
    return max(row_of(seen).span(seen, pipeline.passes) - work, Seconds{});
}

Seconds busy_time(const Plan& plan, const PipelineTime& pipeline, Seconds bubble) {
    return real(micro_batches(plan)) * pipeline.slowest.time() + bubble;
}

StepTimes step_times(const TrainContext& context, const Plan& plan, const PipelineTime& pipeline,
                     const DataTime& data, Seconds bubble, Bytes memory) {
    const double m = real(micro_batches(plan));
    const Pass& slowest = pipeline.slowest;
    StepTimes t;
    for (std::size_t b = 0; b < block_count; ++b) t.compute[b] = m * slowest.blocks[b];
    t.recompute = m * slowest.repeated;
    t.tensor = m * slowest.tensor.exposed;
    t.expert = m * slowest.expert.exposed;
    t.context = m * slowest.context.exposed;
    t.bubble = bubble;
    t.pipeline = exposed_messages(context, plan, data.message);
    t.data = exposed_data(context, plan, pipeline, data);
    t.optimizer = data.optimizer;
    if (offloads_optimizer(plan.offload)) {
        t.optimizer = Seconds{};
        t.offload += host_update(context, plan, pipeline);
    }
    if (offloads_activations(plan.offload)) {
        t.offload += activation_copies(context, plan, pipeline);
    }
    const Seconds late = late_host(context, plan, pipeline, data, bubble);
    t.host = m * slowest.host + context.assume.host_step + late;
    // the same call as of a search's bound, for the same bits
    const Seconds busy = busy_time(plan, pipeline, bubble);
    t.jitter = slowest_of(real(chips_used(plan))) * context.assume.jitter * busy;
    t.total = busy + context.assume.host_step + late + t.jitter + t.pipeline + t.data +
              t.optimizer + t.offload;
    // a step that never ends stays one
    if (const double pressure = pressure_of(context, memory); pressure > 1) {
        const Seconds stall = (pressure - 1) * t.total;
        t.host += stall;
        t.total += stall;
    }
    return t;
}

Step evaluate(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
              const Stages& stages) {
    require(plan.global_batch > 0 && plan.global_batch % (plan.data * plan.micro_batch) == 0,
            "the plan divides the batch");
    Step step;
    const Stages ranks = rank_stages(plan, stages);
    const std::vector<RankLoad> loads = rank_loads(context, costs, ranks, plan.recompute);
    step.memory = step_memory(context, plan, costs, loads, in_flight(plan, ranks));
    step.usable = context.chip.memory_capacity * context.assume.usable_memory;
    step.fits = step.memory.total <= step.usable && step.memory.host <= context.host.memory;
    const PipelineTime pipeline = pipeline_time(context, costs, stages, plan, loads);
    const DataTime data = data_time(context, plan, costs, pipeline.heaviest);
    const Seconds bubble = bubble_time(plan, pipeline);
    step.times = step_times(context, plan, pipeline, data, bubble, step.memory.total);
    find_states(context, plan, late_host(context, plan, pipeline, data, bubble), step);
    return step;
}

Step evaluate(const TrainContext& context, const Plan& plan) {
    return evaluate(context, plan, shard_costs(context, plan),
                    stages_of(context.model, plan.pipeline, context.balance));
}

Ledger<Seconds> time_ledger(const StepTimes& times) {
    Ledger<Seconds> compute{.name = "compute"};
    for (std::size_t b = 0; b < block_count; ++b) {
        compute.add(name_of(static_cast<Block>(b)), times.compute[b]);
    }
    compute.add("recompute", times.recompute);
    Ledger<Seconds> communication{.name = "exposed communication"};
    communication.add("tensor", times.tensor).add("context", times.context);
    communication.add("expert", times.expert).add("pipeline", times.pipeline);
    communication.add("data", times.data);
    Ledger<Seconds> step{.name = "step"};
    step.add(std::move(compute)).add(std::move(communication));
    step.add("bubble", times.bubble).add("optimizer", times.optimizer);
    step.add("host", times.host).add("jitter", times.jitter);
    step.add("host memory", times.offload);
    return step;
}

double model_flops_utilisation(const TrainContext& context, const Plan& plan, Seconds step) {
    const double tokens = real(plan.global_batch) * context.sequence;
    const Flops useful = tokens * useful_flops_per_token(context);
    return useful / (context.chip.rate(Precision::bf16) * step * real(chips_used(plan)));
}

}  // namespace millwright
