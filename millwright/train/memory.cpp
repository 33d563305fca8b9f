// Memory of a training step on the fullest pipeline stage.
//
// A rank's figures come in two steps, as a search asks for many plans: its load, of the layers that
// it holds (`rank_loads`), and then what schedule, sharding and offload make of it (`step_memory`).
#include <algorithm>
#include <cmath>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/train/low_rank.h"
#include "millwright/train/step.h"

namespace millwright {
namespace {

Bytes saved_bytes(const TrainAssumptions& assume, const LayerCost& cost, Recompute recompute) {
    if (recompute == Recompute::none) return cost.saved;
    const Bytes kept = recompute == Recompute::full ? cost.saved_full : cost.saved_selective;
    return cost.saved + assume.repeated_share * (kept - cost.saved);
}

RankLoad load_of(const TrainContext& context, const ShardCosts& costs, const Stage& held,
                 Recompute recompute) {
    RankLoad load{.weights = stage_weights(context, costs, held),
                  .layers = std::max(1.0, real(held.count))};
    for (std::size_t kind = 0; kind < held.layers.size(); ++kind) {
        if (held.layers[kind] == 0) continue;
        const LayerCost& cost = costs.layers[kind];
        load.saved += real(held.layers[kind]) * saved_bytes(context.assume, cost, recompute);
        load.largest = max(load.largest, cost.saved);
        load.unpacked = max(load.unpacked, cost.unpacked);
    }
    load.saved = context.assume.activation_factor * load.saved;
    load.largest = context.assume.activation_factor * load.largest;
    if (held.first) load.saved += costs.embedding.saved;
    // the layer at hand is made again whole before its backward pass
    if (recompute == Recompute::full) load.again = load.largest;
    // once, not for each micro-batch in flight: a head's backward pass follows its forward
    if (held.last) load.head = (1 + real(context.model.mtp_layers.value)) * costs.head.saved;
    return load;
}

/// Ways that states are spread over ranks; one: not at all.
struct Sharings {
    double dense = 1, routed = 1;

    double held(const RankWeights& weights) const {
        return weights.shared / dense + weights.routed / routed;
    }
};

/// As they lie in memory, spread over so many ways.
Bytes weights_of_rank(const TrainContext& context, const Weights& held, const Sharings& ways) {
    const TrainAssumptions& a = context.assume;
    const double each = context.precision == Precision::bf16 ? a.weight_bytes : a.cast_weight_bytes;
    if (!context.low_rank.any()) return each * ways.held(held) * unit::B;
    const RankWeights wide{held.shared - held.packed.shared, held.routed - held.packed.routed};
    return (each * ways.held(wide) + nf4_bytes * ways.held(held.packed) +
            a.weight_bytes * ways.held(held.adapters)) *
           unit::B;
}

/// Bytes of all states on a rank.
StepMemory states_of(const TrainContext& context, const Plan& plan, const Weights& held,
                     const Sharings& spread) {
    const TrainAssumptions& a = context.assume;
    const RankWeights trained = trained_weights(context, held);
    const double whole = Sharings{}.held(trained), split = spread.held(trained);
    StepMemory memory;
    memory.weights =
        weights_of_rank(context, held, plan.sharding == Sharding::zero_3 ? spread : Sharings{});
    memory.gradients =
        a.gradient_bytes * (plan.sharding >= Sharding::zero_2 ? split : whole) * unit::B;
    if (dense_replicas(plan).all > 1) memory.gradients += whole * a.bucket_bytes * unit::B;
    memory.optimizer =
        a.optimizer_bytes * (plan.sharding >= Sharding::zero_1 ? split : whole) * unit::B;
    if (offloads_optimizer(plan.offload)) {
        memory.host += memory.optimizer;
        memory.optimizer = Bytes{};
    }
    return memory;
}

/// Of the whole stage, with what is `kept` for all micro-batches in flight; if that is by the host,
/// of the layer that is worked on and the one that is on its way.
void add_activations(const Plan& plan, const RankLoad& load, Bytes kept, StepMemory& memory) {
    memory.activations = kept;
    if (offloads_activations(plan.offload)) {
        memory.host += kept;
        memory.activations = min(kept, 2.0 * load.largest);
    }
    memory.activations += load.again;
    memory.activations += load.head;
}

/// With ZeRO-3, of two gathered layers and one layer's gradients.
Bytes gathered_layers(const TrainContext& context, const Plan& plan, const RankLoad& load) {
    const TrainAssumptions& a = context.assume;
    if (plan.sharding != Sharding::zero_3) return {};
    if (context.low_rank.any()) {
        const Sharings whole;
        const double layers = 2 * whole.held(gathered_bytes(context, plan, load.weights)) +
                              whole.held(reduced_bytes(context, load.weights));
        return layers / load.layers * unit::B;
    }
    const double layer = (load.weights.shared + load.weights.routed) / load.layers;
    return layer * (2 * a.weight_bytes + a.gradient_bytes) * unit::B;
}

StepMemory rank_memory(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                       const RankLoad& load, const Sharings& spread, double in_flight) {
    const TrainAssumptions& a = context.assume;
    StepMemory memory = states_of(context, plan, load.weights, spread);
    add_activations(plan, load, in_flight * load.saved, memory);
    memory.buffers = gathered_layers(context, plan, load) + load.unpacked;
    memory.buffers += 4.0 * costs.stage_message;
    memory.queued = a.factors.memory * costs.queued;
    memory.reserve = a.reserve;
    const double own = a.factors.memory;
    for (Bytes* part : {&memory.weights, &memory.gradients, &memory.optimizer, &memory.activations,
                        &memory.buffers, &memory.reserve}) {
        *part = own * *part;
    }
    memory.total = memory.weights + memory.gradients + memory.optimizer + memory.activations +
                   memory.buffers + memory.reserve;
    return memory;
}

}  // namespace

std::vector<RankLoad> rank_loads(const TrainContext& context, const ShardCosts& costs,
                                 const Stages& ranks, Recompute recompute) {
    std::vector<RankLoad> loads;
    loads.reserve(ranks.size());
    for (const Stage& held : ranks) loads.push_back(load_of(context, costs, held, recompute));
    return loads;
}

std::vector<double> in_flight(const Plan& plan, const Stages& ranks) {
    const ScheduleRow& row = row_of(plan);
    const double copies = real(copies_of(plan));
    std::vector<double> held;
    held.reserve(ranks.size());
    for (const Stage& rank : ranks) held.push_back(row.in_flight(plan, rank.index) / copies);
    return held;
}

StepMemory step_memory(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                       const std::vector<RankLoad>& loads, const std::vector<double>& in_flight) {
    const Sharings spread{dense_replicas(plan).sharing, routed_replicas(plan).sharing};
    StepMemory fullest;
    for (std::size_t i = 0; i < loads.size(); ++i) {
        const StepMemory other = rank_memory(context, plan, costs, loads[i], spread, in_flight[i]);
        // the fullest chip need not be the one that keeps most in its host's memory
        const Bytes host = max(fullest.host, other.host);
        if (other.total > fullest.total) fullest = other;
        fullest.host = host;
    }
    return fullest;
}

Bytes checkpoint_bytes(const TrainContext& context) {
    require(!context.frozen_weights || context.low_rank.any(), "it is known what is trained");
    const TrainAssumptions& a = context.assume;
    const double weights = trainable_parameters(context.model, context.low_rank);
    return weights * (a.weight_bytes + a.optimizer_bytes) * unit::B;
}

Ledger<Bytes> memory_ledger(const StepMemory& memory) {
    Ledger<Bytes> ledger{.name = "memory per chip"};
    ledger.add("weights", memory.weights).add("gradients", memory.gradients);
    ledger.add("optimizer states", memory.optimizer).add("activations", memory.activations);
    ledger.add("buffers", memory.buffers).add("runtime reserve", memory.reserve);
    return ledger;
}

}  // namespace millwright
