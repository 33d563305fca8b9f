// What a training step is evaluated against: a model, a chip, a network and stated assumptions.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "compute/operations.h"
#include "network/network.h"
#include "parts/plan.h"

namespace millwright {

/// Shares of each kind of communication that hide behind compute where there is compute to hide
/// behind, and bytes that a recipe keeps per weight. Every report prints them.
struct TrainAssumptions {
    double tensor_overlap = 0.5;
    double data_overlap = 0.9;
    double pipeline_overlap = 0.5;
    double expert_overlap = 0.5;
    double context_overlap = 0.9;
    // share of a chip's processors that a communication kernel takes from compute it hides behind:
    // 16 to 24 of 132 on H100 with NCCL's usual number of channels
    double processors_taken = 0.15;
    // a token crosses to each domain once and is copied there (DeepEP, HybridEP, PXN)
    bool forwarded_dispatch = true;
    double selective_products = 0;   // share of products that selective recompute repeats
    double weight_bytes = 2;         // BF16 weights
    double gradient_bytes = 4;       // FP32 accumulation and reduction
    double optimizer_bytes = 12;     // FP32 master copy and two Adam moments
    double optimizer_traffic = 30;   // bytes read and written per weight in a step
    Bytes reserve = 3.0 * unit::GB;  // runtime context, communication library, workspace
    double usable_memory = 0.95;     // share of capacity left after fragmentation
};

/// What is left to wait for of `wire` seconds of communication when up to `overlap` of it hides
/// behind `window` of compute, which it slows by the processors it takes.
inline Seconds left_exposed(const TrainAssumptions& assume, Seconds wire, double overlap,
                            Seconds window) {
    return wire - (1 - assume.processors_taken) * min(overlap * wire, window);
}

/// Everything fixed while plans vary.
struct TrainContext {
    Model model;
    double sequence = 1;
    Precision precision = Precision::bf16;
    ChipRates chip;
    Network network;
    TrainAssumptions assume;
    bool fused_attention = true;  // FlashAttention; otherwise scores go through memory
    bool frozen_weights = false;  // adapters only (LoRA): no weight gradients or optimizer states
};

}  // namespace millwright
