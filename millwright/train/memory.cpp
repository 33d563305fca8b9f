// Memory of a training step on the fullest pipeline stage.
#include <algorithm>
#include <cmath>

#include "millwright/base/whole.h"
#include "millwright/train/step.h"

namespace millwright {
namespace {

/// Micro-batches whose activations a rank holds at once, of all that it holds: where that is two
/// stages, each goes through one of them.
double in_flight(const Plan& plan, std::int64_t rank) {
    return row_of(plan).in_flight(plan, rank) / real(copies_of(plan));
}

Bytes saved_bytes(const TrainAssumptions& assume, const LayerCost& cost, Recompute recompute) {
    if (recompute == Recompute::none) return cost.saved;
    const Bytes kept = recompute == Recompute::full ? cost.saved_full : cost.saved_selective;
    return cost.saved + assume.repeated_share * (kept - cost.saved);
}

/// Of the whole stage, with what is `held` for all micro-batches in flight; if these are kept by
/// the host, of the layer that is worked on and the one that is on its way.
Bytes activations(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                  const Stage& stage, Bytes held, bool in_host) {
    Bytes largest;
    for (std::size_t kind = 0; kind < layer_kinds; ++kind) {
        if (stage.layers[kind] > 0) largest = max(largest, costs.layers[kind].saved);
    }
    Bytes sum = held;
    if (in_host) sum = min(sum, 2.0 * largest);
    if (plan.recompute == Recompute::full) sum += largest;  // the layer being recomputed
    if (stage.last) sum += (1 + real(context.model.mtp_layers.value)) * costs.head.saved;
    return sum;
}

StepMemory stage_memory(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                        const Stage& stage, const Weights& held, double dense_ranks,
                        double routed_ranks) {
    const TrainAssumptions& a = context.assume;
    const auto spread = [&](double bytes, Sharding from) {
        const bool split = plan.sharding >= from;
        return bytes *
               (held.shared / (split ? dense_ranks : 1) +
                held.routed / (split ? routed_ranks : 1)) *
               unit::B;
    };
    StepMemory memory;
    const bool cast = context.precision != Precision::bf16;
    memory.weights = spread(cast ? a.cast_weight_bytes : a.weight_bytes, Sharding::zero_3);
    if (!context.frozen_weights) {
        memory.gradients = spread(a.gradient_bytes, Sharding::zero_2);
        memory.optimizer = spread(a.optimizer_bytes, Sharding::zero_1);
    }
    if (offloads_optimizer(plan.offload)) {
        memory.host += memory.optimizer;
        memory.optimizer = Bytes{};
    }
    const Bytes kept =
        in_flight(plan, stage.index) * saved_activations(a, costs, stage, plan.recompute);
    const bool in_host = offloads_activations(plan.offload);
    if (in_host) memory.host += kept;
    memory.activations = activations(context, plan, costs, stage, kept, in_host && kept > Bytes{});
    const double layers = std::max(1.0, real(stage.count));
    const double layer_weights = (held.shared + held.routed) / layers;
    if (plan.sharding == Sharding::zero_3) {  // two gathered layers and one layer's gradients
        memory.buffers = layer_weights * (2 * a.weight_bytes + a.gradient_bytes) * unit::B;
    }
    memory.buffers += 4.0 * costs.stage_message;
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

Bytes saved_activations(const TrainAssumptions& assume, const ShardCosts& costs, const Stage& stage,
                        Recompute recompute) {
    Bytes layers;
    for (std::size_t kind = 0; kind < layer_kinds; ++kind) {
        if (stage.layers[kind] == 0) continue;
        layers += real(stage.layers[kind]) * saved_bytes(assume, costs.layers[kind], recompute);
    }
    return assume.activation_factor * layers;
}

std::vector<Weights> weights_of(const TrainContext& context, const ShardCosts& costs,
                                const Stages& stages) {
    std::vector<Weights> weights;
    weights.reserve(stages.size());
    for (const Stage& stage : stages) weights.push_back(stage_weights(context, costs, stage));
    return weights;
}

StepMemory step_memory(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                       const Stages& stages, const std::vector<Weights>& weights) {
    const double dense = dense_replicas(plan).sharing;
    const double routed = routed_replicas(plan).sharing;
    StepMemory fullest;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const StepMemory other =
            stage_memory(context, plan, costs, stages[i], weights[i], dense, routed);
        const Bytes host = max(fullest.host, other.host);
        if (other.total > fullest.total) fullest = other;
        fullest.host = host;
    }
    return fullest;
}

Ledger<Bytes> memory_ledger(const StepMemory& memory) {
    Ledger<Bytes> ledger{.name = "memory per chip"};
    ledger.add("weights", memory.weights).add("gradients", memory.gradients);
    ledger.add("optimizer states", memory.optimizer).add("activations", memory.activations);
    ledger.add("buffers", memory.buffers).add("runtime reserve", memory.reserve);
    return ledger;
}

}  // namespace millwright
