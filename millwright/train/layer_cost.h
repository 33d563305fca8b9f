// Time and saved bytes of one layer under a sharding: the part of a plan's cost that depends on
// tensor, context and expert ways and the micro-batch alone, and is shared by many plans.
#pragma once

#include <string_view>
#include <vector>

#include "millwright/train/pass.h"

namespace millwright {

/// One micro-batch through one layer (or the embedding, or the head) on one rank.
struct LayerCost {
    Passes passes;
    Seconds repeated_forward;  // what selective recompute repeats
    // kept for the backward pass with no recompute, selective, and full (the layer's input)
    Bytes saved, saved_selective, saved_full;
    Bytes unpacked;  // the largest of its frozen matrices in BF16, where they are packed
};

/// Weights on a rank of one layer of a kind.
struct LayerWeights {
    double mixer = 0;    // and the norms
    double channel = 0;  // a dense MLP, or shared experts and router
    double routed = 0;   // experts
    // beside these, adapters of what is not routed, and of experts; and of mixer and channel those
    // that are packed, as all routed ones are then
    double adapters = 0, routed_adapters = 0;
    double packed = 0;
};

/// Costs of every kind of layer the model has, and of what first and last stages add.
struct ShardCosts {
    Pattern pattern;
    std::vector<LayerCost> layers;      // by kind
    std::vector<LayerWeights> weights;  // by kind
    LayerCost embedding, head;
    Bytes stage_message;           // activation that crosses a pipeline boundary
    Bytes queued;                  // gathered for products that the host has queued
    double embedding_weights = 0;  // of one embedding matrix on a rank
};

/// A rank's share of a layer under this plan.
Shard shard_of(const TrainContext& context, const Plan& plan);

/// Pairs of a gather and a scatter that tensor parallelism makes in the forward pass of a layer.
double tensor_pairs(const Model& model, const Layer& layer);

/// What a rank sends to experts of one layer: inside its scale-up domain, and to others.
struct DispatchBytes {
    Bytes near, far;
};
DispatchBytes dispatch_bytes(const TrainContext& context, const Shard& shard);

/// Routed tokens of one dispatch, gathered by the ranks that share an expert; zero if none do.
Bytes expert_gather_bytes(const TrainContext& context, const Shard& shard);

/// What each operation of a layer takes forward, in order, as the framework runs it: they add up to
/// the compute of its pass.
struct OperationTime {
    std::string_view name;
    Seconds time;
};
std::vector<OperationTime> forward_times(const TrainContext& context, const Shard& shard,
                                         const Layer& layer);

/// Costs for the sharding of this plan; only tensor, context, expert, expert_tensor and
/// micro_batch are read.
ShardCosts shard_costs(const TrainContext& context, const Plan& plan);

}  // namespace millwright
