// What a training step is evaluated against: a model, a chip, a network and stated assumptions.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "millwright/collective/network.h"
#include "millwright/compute/operations.h"
#include "millwright/parts/host.h"
#include "millwright/parts/low_rank.h"
#include "millwright/parts/plan.h"

namespace millwright {

/// What a training framework does around the kernels (millwright/parts/framework.h), and what a
/// recipe adds to it; every report prints what was assumed.
struct TrainAssumptions : FrameworkFigures<Bare> {
    // the first three, unless a framework's file says otherwise
    std::array<bool, EnumNames<Schedule>::names.size()> has_schedule{true, true, true};
    repeats::List repeated = repeats::norm | repeats::core | repeats::activation;
    double repeated_share = 1;     // share of the layers that recompute
    double repeated_products = 0;  // share of products that selective recompute repeats too
    double usable_memory = 0.95;   // share of capacity left after fragmentation
};

/// A framework of the catalog, resolved.
TrainAssumptions assumptions_of(const Framework& framework);

/// What is left to wait for of `wire` seconds of communication when up to `overlap` of it hides
/// behind `window` of compute, which it slows by the processors it takes.
inline Seconds left_exposed(const TrainAssumptions& assume, Seconds wire, double overlap,
                            Seconds window) {
    return wire - (1 - assume.processors_taken) * min(overlap * wire, window);
}

/// What layers, embedding and head weigh where a framework balances its pipeline stages, in layers
/// of the first kind. All zero: stages are not balanced.
struct StageBalance {
    double embedding = 0, head = 0;
    double prediction = 0;       // all blocks of multi-token prediction, each with a head
    std::vector<double> layers;  // by kind of the pattern; empty: one each
    bool running = false;        // a stage is full once the sum so far passes an even share

    /// What the first and the last stage hold beside layers.
    double ends() const { return embedding + head + prediction; }
};

/// By the FLOPs of their products, attention core aside; the embedding, which is looked up, weighs
/// nothing.
StageBalance balance_by_flops(const Model& model);

/// Everything fixed while plans vary. Made by `train_context`; the engines only read it.
struct TrainContext {
    Model model;
    double sequence = 1;  // tokens
    Precision precision = Precision::bf16;
    ChipRates chip;
    Network network;
    Host host;  // without memory nothing is offloaded
    TrainAssumptions assume;
    StageBalance balance;  // what embedding and head count for in pipeline stages
    // adapters only (LoRA): no weight gradients or optimizer states of the model's own weights
    bool frozen_weights = false;
    // of frozen weights, where it is known; else adapters are passes over memory (runs that were
    // measured and do not state them), and have no weights
    LowRank low_rank;
};

/// What is trained.
struct TrainTask {
    const Model& model;
    double sequence;  // tokens
    Precision precision;
    LowRank low_rank{};  // in place of the model's weights, if any
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
