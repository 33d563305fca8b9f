// Time and saved bytes of one layer under a sharding: the part of a plan's cost that depends on
// tensor, context and expert ways and the micro-batch alone, and is shared by many plans.
#pragma once

#include <array>

#include "millwright/train/pass.h"

namespace millwright {

/// One micro-batch through one layer (or the embedding, or the head) on one rank.
struct LayerCost {
    Passes passes;
    Seconds repeated_forward;  // what selective recompute repeats
    // kept for the backward pass with no recompute, selective, and full (the layer's input)
    Bytes saved, saved_selective, saved_full;
};

/// Costs of every layer kind the model has, and of what first and last stages add.
struct ShardCosts {
    std::array<LayerCost, layer_kinds> layers{};
    LayerCost embedding, head;
    Bytes stage_message;                  // activation that crosses a pipeline boundary
    double shared_weights_per_layer = 0;  // weights on a rank of one layer's unrouted part
    double routed_weights_per_layer = 0;  // weights on a rank of one layer's routed experts
    double dense_mlp_weights = 0;         // weights on a rank of a dense layer's MLP
    double unrouted_mlp_weights = 0;      // shared experts and router of a layer with experts
    double embedding_weights = 0;         // of one embedding matrix on a rank
};

/// A rank's share of a layer under this plan.
Shard shard_of(const TrainContext& context, const Plan& plan);

/// Pairs of a gather and a scatter that tensor parallelism makes in the forward pass of a layer.
double tensor_pairs(const Model& model, LayerKind kind);

/// What a rank sends to experts of one layer: inside its scale-up domain, and to others.
struct DispatchBytes {
    Bytes near, far;
};
DispatchBytes dispatch_bytes(const TrainContext& context, const Shard& shard);

/// Keys and values that a rank hands on in one turn of ring attention round its context group.
Bytes ring_bytes(const TrainContext& context, const Shard& shard);

/// Routed tokens of one dispatch, gathered by the ranks that share an expert; zero if none do.
Bytes expert_gather_bytes(const TrainContext& context, const Shard& shard);

/// Costs for the sharding of this plan; only tensor, context, expert, expert_tensor and
/// micro_batch are read.
ShardCosts shard_costs(const TrainContext& context, const Plan& plan);

}  // namespace millwright
