#include "train/passes.h"

namespace millwright {
namespace {

double real(std::int64_t count) { return static_cast<double>(count); }

void add_forward(const LayerCost& cost, const LayerCost& wire, double count, Pass& pass) {
    pass.work += count * (cost.forward_compute + cost.host_forward);
    pass.tensor.add(count, cost.tensor_forward, wire.tensor_forward);
    pass.context.add(count, cost.context_forward, wire.context_forward);
    pass.expert.add(count, cost.expert_forward, wire.expert_forward);
}

void add_backward(const LayerCost& cost, const LayerCost& wire, double count, Pass& pass) {
    pass.work += count * (cost.backward_compute + cost.host_backward);
    pass.tensor.add(count, cost.tensor_backward, wire.tensor_backward);
    pass.context.add(count, cost.context_backward, wire.context_backward);
    pass.expert.add(count, cost.expert_backward, wire.expert_backward);
}

void divide(Pass& pass, double chunks) {
    pass.work = pass.work / chunks;
    for (Parts* parts : {&pass.tensor, &pass.context, &pass.expert}) {
        parts->exposed = parts->exposed / chunks;
        parts->hidden = parts->hidden / chunks;
    }
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
    const auto add = [&](const LayerCost& cost, const LayerCost& wire, double count) {
        add_forward(cost, wire, count, p.forward);
        add_backward(cost, wire, count, p.backward);
        p.weight_gradient += count * cost.weight_gradient;
    };
    for (std::size_t kind = 0; kind < layer_kinds; ++kind) {
        const double count = real(stage.layers[kind]);
        if (count == 0) continue;
        const LayerCost& cost = costs.layers[kind];
        const LayerCost& wire = wires.layers[kind];
        add(cost, wire, count);
        const double repeated = a.repeated_share * count;
        if (plan.recompute == Recompute::full) add_forward(cost, wire, repeated, p.backward);
        if (plan.recompute == Recompute::selective) {
            p.backward.work += repeated * cost.repeated_forward;
            const bool experts = (a.repeated & repeats::experts) != 0;
            if (experts) p.backward.expert.add(repeated, cost.expert_forward, wire.expert_forward);
        }
    }
    if (stage.first) add(costs.embedding, wires.embedding, 1);
    if (stage.last) add(costs.head, wires.head, 1 + real(context.model.mtp_layers.value));
    const double chunks = real(plan.virtual_stages);
    divide(p.forward, chunks);
    divide(p.backward, chunks);
    p.weight_gradient = p.weight_gradient / chunks;
    return p;
}

}  // namespace millwright
