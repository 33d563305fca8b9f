// What a training step is evaluated against: a model, a chip, a network and stated assumptions.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "millwright/collective/network.h"
#include "millwright/compute/operations.h"
#include "millwright/parts/host.h"
#include "millwright/parts/plan.h"

namespace millwright {

/// Measured over predicted, where someone calibrated on a machine of their own.
struct Factors {
    double compute = 1, memory = 1, tensor = 1, data = 1, pipeline = 1, expert = 1, context = 1;
};

/// What a training framework does around the kernels: how much of each kind of communication
/// hides behind compute where there is compute to hide behind, what the host and the kernels that
/// it launches cost, and the bytes that a recipe keeps. Frameworks of the catalog set it
/// (millwright/parts/framework.h); every report prints what was assumed.
struct TrainAssumptions {
    double tensor_overlap = 0.5;
    double data_overlap = 0.9;
    double replicated_overlap = 0.9;  // of data communication, states replicated
    double pipeline_overlap = 0.5;
    double expert_overlap = 0.5;
    double context_overlap = 0.9;
    // share of a chip's processors that a communication kernel takes from compute it hides behind:
    // 16 to 24 of 132 on H100 with NCCL's usual number of channels
    double processors_taken = 0.15;
    // a token crosses to each domain once and is copied there (DeepEP, HybridEP, PXN)
    bool forwarded_dispatch = true;
    AttentionLibrary attention = AttentionLibrary::fastest;
    StageDivision stages = StageDivision::layout;
    // the first three, unless a framework's file says otherwise
    std::array<bool, EnumNames<Schedule>::names.size()> has_schedule{true, true, true};
    bool adapts_all = false;        // LoRA adapters on every product, not on attention's alone
    bool sequence_parallel = true;  // activations outside tensor-parallel products are split too
    double pointwise = 1;           // traffic of pointwise kernels over that of fused ones
    double grouped_share = 1;       // rate of grouped products over the chip's best
    Seconds host_layer;             // host time to launch a layer forward; twice that backward
    Seconds host_expert_layer;      // the same that a layer with experts adds
    Seconds host_tensor_layer;      // the same that tensor parallelism adds
    Seconds pipeline_stall;         // of a message across domains, states replicated
    Seconds tensor_stall;           // of a layer and tensor rank, pipeline across domains
    double memory_pressure = 2;     // share of memory beyond which the allocator stalls
    double pressure_stall = 1;      // step time over that without such stalls
    double host_cast = 1;           // host time of a layer in FP8 or FP4 over BF16
    Seconds host_step;              // host time of a step outside its layers
    double jitter = 0;        // spread of a chip's step time; the slowest of all sets the pace
    double routing_skew = 1;  // tokens of the fullest expert rank over the mean
    repeats::List repeated = repeats::norm | repeats::core | repeats::activation;
    double repeated_share = 1;       // share of the layers that recompute
    double repeated_products = 0;    // share of products that selective recompute repeats too
    double weight_bytes = 2;         // BF16 weights
    double cast_weight_bytes = 2;    // the same in FP8 and FP4 recipes
    double gradient_bytes = 4;       // FP32 accumulation and reduction
    double optimizer_bytes = 12;     // FP32 master copy and two Adam moments
    double optimizer_traffic = 30;   // bytes read and written per weight in a step
    double logit_bytes = 6;          // kept per logit for the backward pass of the loss
    Bytes reserve = 3.0 * unit::GB;  // runtime context, communication library, workspace
    double activation_factor = 1;    // activations kept over those counted
    double usable_memory = 0.95;     // share of capacity left after fragmentation
    Factors factors;
};

/// A framework of the catalog, resolved.
TrainAssumptions assumptions_of(const Framework& framework);

/// What is left to wait for of `wire` seconds of communication when up to `overlap` of it hides
/// behind `window` of compute, which it slows by the processors it takes.
inline Seconds left_exposed(const TrainAssumptions& assume, Seconds wire, double overlap,
                            Seconds window) {
    return wire - (1 - assume.processors_taken) * min(overlap * wire, window);
}

/// Layers that embedding and head count as where a framework balances its stages.
struct StageBalance {
    double embedding = 0, head = 0;
};

/// The head by its FLOPs over those of a dense layer; the embedding counts nothing.
StageBalance balance_by_flops(const Model& model);

/// Everything fixed while plans vary.
struct TrainContext {
    Model model;
    double sequence = 1;
    Precision precision = Precision::bf16;
    ChipRates chip;
    Network network;
    Host host;
    TrainAssumptions assume;
    StageBalance balance;         // what embedding and head count for in pipeline stages
    bool frozen_weights = false;  // adapters only (LoRA): no weight gradients or optimizer states
};

/// What is trained.
struct TrainTask {
    const Model& model;
    double sequence;
    Precision precision;
};

/// What it is trained on: chips, what joins them, and the host beside each.
struct TrainMachine {
    const ChipRates& chip;
    const Network& network;
    const Host& host;
};

/// The task on the machine as the framework runs it. Whoever evaluates plans begins here; what a
/// scenario or a table says in place of the framework is set on top.
TrainContext train_context(const TrainTask& task, const TrainMachine& machine,
                           const Framework& framework);

}  // namespace millwright
