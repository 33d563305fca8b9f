#include "train/step.h"

#include <algorithm>
#include <cmath>

#include "network/collectives.h"

namespace millwright {
namespace {

double real(std::int64_t count) { return static_cast<double>(count); }

/// Sums over one stage for one micro-batch.
struct StageTime {
    BlockTimes blocks{};
    Seconds compute, recompute, weight_gradient, host;
    Seconds tensor, expert, context;

    Seconds total() const { return compute + recompute + host + tensor + expert + context; }
};

/// A forward pass again, of `count` layers.
void add_repeated(StageTime& sum, const LayerCost& cost, double count) {
    sum.recompute += count * cost.forward_compute;
    sum.host += count * cost.host_forward;
    sum.tensor += count * cost.tensor_forward;
    sum.expert += count * cost.expert_forward;
    sum.context += count * cost.context_forward;
}

void add(StageTime& sum, const LayerCost& cost, double count) {
    if (count == 0) return;
    for (std::size_t b = 0; b < block_count; ++b) {
        sum.blocks[b] += count * (cost.forward[b] + cost.backward[b]);
    }
    sum.compute += count * (cost.forward_compute + cost.backward_compute);
    sum.weight_gradient += count * cost.weight_gradient;
    sum.host += count * (cost.host_forward + cost.host_backward);
    sum.tensor += count * (cost.tensor_forward + cost.tensor_backward);
    sum.expert += count * (cost.expert_forward + cost.expert_backward);
    sum.context += count * (cost.context_forward + cost.context_backward);
}

StageTime stage_time(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                     const Stage& stage) {
    StageTime sum;
    const TrainAssumptions& assume = context.assume;
    for (std::size_t kind = 0; kind < layer_kinds; ++kind) {
        const double count = real(stage.layers[kind]);
        if (count == 0) continue;
        const LayerCost& cost = costs.layers[kind];
        add(sum, cost, count);
        const double repeated = assume.repeated_share * count;
        if (plan.recompute == Recompute::full) add_repeated(sum, cost, repeated);
        if (plan.recompute == Recompute::selective) {
            sum.recompute += repeated * cost.repeated_forward;
            const bool experts = (assume.repeated & repeats::experts) != 0;
            if (experts) sum.expert += repeated * cost.expert_forward;
        }
    }
    if (stage.first) add(sum, costs.embedding, 1);
    if (stage.last) add(sum, costs.head, 1 + real(context.model.mtp_layers.value));
    return sum;
}

/// Standard deviations by which the slowest of n chips is expected to lag (Gumbel's limit).
double slowest_of(double n) { return std::sqrt(2 * std::log(std::max(1.0, n))); }

struct Pipeline {
    StageTime slowest;
    Weights heaviest;
    Seconds bubble;
};

Pipeline run_pipeline(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                      const Stages& stages) {
    Pipeline result;
    Seconds others;
    for (const Stage& stage : stages) {
        const StageTime time = stage_time(context, plan, costs, stage);
        const bool zero_bubble = plan.schedule == Schedule::zero_bubble;
        const Seconds idle = time.total() - (zero_bubble ? 2.0 : 0.0) * time.weight_gradient;
        others += real(stage.copies) * max(idle, Seconds{});
        if (stage.first || time.total() > result.slowest.total()) result.slowest = time;
        const Weights held = stage_weights(context, costs, stage);
        result.heaviest.shared = std::max(result.heaviest.shared, held.shared);
        result.heaviest.routed = std::max(result.heaviest.routed, held.routed);
    }
    const bool zero_bubble = plan.schedule == Schedule::zero_bubble;
    const Seconds own =
        result.slowest.total() - (zero_bubble ? 2.0 : 0.0) * result.slowest.weight_gradient;
    result.bubble = max(others - max(own, Seconds{}), Seconds{}) / real(plan.virtual_stages);
    return result;
}

struct DataTraffic {
    Seconds reduce, gather;  // one pass over all weights of a rank
};

/// Weights are reduced and gathered in buckets: a layer each where they are sharded, otherwise
/// 40 million or one million a rank, as Megatron-Core does.
double buckets_of(const Plan& plan, const Weights& held, double layers, double ranks) {
    if (plan.sharding == Sharding::zero_3) return std::max(1.0, layers);
    const double bucket = std::max(40e6, 1e6 * ranks);
    return std::max(1.0, (held.shared + held.routed) / bucket);
}

Seconds both_groups(const TrainContext& context, const Plan& plan, Collective collective,
                    const Weights& held, double bytes) {
    const double dense_ranks = dense_replicas(plan).sharing;
    const Group dense = group_on(context.network, dense_ranks, real(plan.tensor));
    const Group routed = group_on(context.network, routed_replicas(plan).sharing,
                                  real(plan.expert * plan.expert_tensor));
    const double layers = real(context.model.layers.value) / real(plan.pipeline);
    const double buckets = buckets_of(plan, held, layers, dense_ranks);
    const Bytes dense_size = held.shared * bytes / buckets * unit::B;
    const Bytes routed_size = held.routed * bytes / buckets * unit::B;
    return context.assume.factors.data * buckets *
           (collective_time(context.network, collective, dense, dense_size).time +
            collective_time(context.network, collective, routed, routed_size).time);
}

/// All-reduce of a sharding group's gradients over the groups (HSDP); zero for one group.
Seconds replica_time(const TrainContext& context, const Plan& plan, const Weights& held) {
    const Replicas dense = dense_replicas(plan);
    if (dense.sharing >= dense.all) return {};
    const Group across = group_on(context.network, dense.all / dense.sharing,
                                  dense.sharing * real(plan.tensor));
    const Bytes size = (held.shared + held.routed) / dense.sharing *
                       context.assume.gradient_bytes * unit::B;
    return collective_time(context.network, Collective::all_reduce, across, size).time;
}

DataTraffic data_traffic(const TrainContext& context, const Plan& plan, const Weights& held) {
    const TrainAssumptions& a = context.assume;
    if (plan.sharding == Sharding::none) {
        return {both_groups(context, plan, Collective::all_reduce, held, a.gradient_bytes), {}};
    }
    const Seconds scatter =
        both_groups(context, plan, Collective::reduce_scatter, held, a.gradient_bytes);
    return {scatter + replica_time(context, plan, held),
            both_groups(context, plan, Collective::all_gather, held, a.weight_bytes)};
}

/// Exposed gradient reduction and weight gathering of a step. With ZeRO-1 each happens once, with
/// ZeRO-2 the reduction and with ZeRO-3 the gathering (twice) too for every micro-batch.
Seconds data_time(const TrainContext& context, const Plan& plan, const Pipeline& pipeline) {
    if (context.frozen_weights) return {};
    const DataTraffic traffic = data_traffic(context, plan, pipeline.heaviest);
    const auto exposed = [&](Seconds wire, Seconds window) {
        const TrainAssumptions& a = context.assume;
        const bool replicated = plan.sharding == Sharding::none;
        return left_exposed(a, wire, replicated ? a.replicated_overlap : a.data_overlap, window);
    };
    const double m = real(micro_batches(plan));
    // other communication hides behind attention and projections: time hides one thing only
    const auto block = [&](Block b) {
        return pipeline.slowest.blocks[static_cast<std::size_t>(b)];
    };
    const Seconds window =
        pipeline.slowest.compute - block(Block::attention) - block(Block::projections);
    const Seconds backward = (2.0 / 3.0) * window;
    const Seconds forward = window - backward;
    const double reductions = plan.sharding >= Sharding::zero_2 ? m : 1;
    if (plan.sharding == Sharding::zero_3) {
        return m * (exposed(traffic.reduce + traffic.gather, backward) +
                    exposed(traffic.gather, forward));
    }
    return reductions * exposed(traffic.reduce, backward) + exposed(traffic.gather, forward);
}

/// Waits that some releases show where a pipeline crosses scale-up domains (data/frameworks).
Seconds stall_time(const TrainContext& context, const Plan& plan) {
    const double stride = real(plan.tensor * plan.context * plan.data);
    const double domain = context.network.domain;
    if (plan.pipeline <= 1 || stride * real(plan.pipeline) <= domain) return {};
    const TrainAssumptions& a = context.assume;
    const double layers = real(context.model.layers.value) / real(plan.pipeline);
    const double m = real(micro_batches(plan));
    Seconds stall;
    if (plan.tensor > 1) stall += m * layers * real(plan.tensor) * a.tensor_stall;
    const bool most_cross = 2 * stride >= domain && stride * real(plan.pipeline) > 2 * domain;
    const bool replicated = plan.sharding == Sharding::none && plan.data > 1;
    if (replicated && (stride >= domain || most_cross)) {
        // a stage in the middle waits for both its neighbours
        stall += (plan.pipeline > 2 ? 2.0 : 1.0) * m * a.pipeline_stall;
    }
    return stall;
}

Seconds pipeline_time(const TrainContext& context, const Plan& plan, const ShardCosts& costs) {
    if (plan.pipeline <= 1) return {};
    const double stride = real(plan.tensor * plan.context * plan.data);
    const Seconds message = context.assume.factors.pipeline *
                            point_to_point_time(context.network, stride, costs.stage_message);
    const double steady = (1 - context.assume.pipeline_overlap) * 2 * real(plan.virtual_stages) *
                          real(micro_batches(plan));
    const double fill = 2 * (real(plan.pipeline) - 1);
    return (steady + fill) * message + stall_time(context, plan);
}

Seconds optimizer_time(const TrainContext& context, const Plan& plan, const Weights& held) {
    if (context.frozen_weights) return {};
    const double ranks = dense_replicas(plan).sharing;
    const double routed_ranks = routed_replicas(plan).sharing;
    const bool split = plan.sharding >= Sharding::zero_1;
    const double weights =
        held.shared / (split ? ranks : 1) + held.routed / (split ? routed_ranks : 1);
    return memory_time(context.chip, weights * context.assume.optimizer_traffic * unit::B);
}

}  // namespace

Replicas dense_replicas(const Plan& plan) {
    const double all = real(plan.data * plan.context);
    return {all, plan.shard_group > 0 ? std::min(all, real(plan.shard_group)) : all};
}

Replicas routed_replicas(const Plan& plan) {
    const Replicas dense = dense_replicas(plan);
    const double width = real(plan.expert * plan.expert_tensor) / real(plan.tensor);
    return {std::max(1.0, dense.all / width), std::max(1.0, dense.sharing / width)};
}

StepTimes step_times(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                     const Stages& stages) {
    const Pipeline pipeline = run_pipeline(context, plan, costs, stages);
    const double m = real(micro_batches(plan));
    StepTimes t;
    for (std::size_t b = 0; b < block_count; ++b) t.compute[b] = m * pipeline.slowest.blocks[b];
    t.recompute = m * pipeline.slowest.recompute;
    t.tensor = m * pipeline.slowest.tensor;
    t.expert = m * pipeline.slowest.expert;
    t.context = m * pipeline.slowest.context;
    t.bubble = pipeline.bubble;
    t.pipeline = pipeline_time(context, plan, costs);
    t.data = data_time(context, plan, pipeline);
    t.optimizer = optimizer_time(context, plan, pipeline.heaviest);
    t.host = m * pipeline.slowest.host + context.assume.host_step;
    const Seconds busy = m * pipeline.slowest.total() + t.bubble;
    t.jitter = slowest_of(real(chips_used(plan))) * context.assume.jitter * busy;
    t.total = busy + context.assume.host_step + t.jitter + t.pipeline + t.data + t.optimizer;
    return t;
}

Step evaluate(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
              const Stages& stages) {
    Step step;
    step.memory = step_memory(context, plan, costs, stages);
    step.usable = context.chip.memory_capacity * context.assume.usable_memory;
    step.fits = step.memory.total <= step.usable;
    step.times = step_times(context, plan, costs, stages);
    const Bytes strained = context.chip.memory_capacity * context.assume.memory_pressure;
    if (step.memory.total > strained) {
        const Seconds stall = (context.assume.pressure_stall - 1) * step.times.total;
        step.times.host += stall;
        step.times.total += stall;
    }
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
    return step;
}

double model_flops_utilisation(const TrainContext& context, const Plan& plan, Seconds step) {
    const double tokens = real(plan.global_batch) * context.sequence;
    const Flops useful = tokens * model_flops_per_token(context.model, context.sequence);
    return useful / (context.chip.rate(Precision::bf16) * step * real(chips_used(plan)));
}

}  // namespace millwright
