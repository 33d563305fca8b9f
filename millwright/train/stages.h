// Pipeline stages: which layers each holds and how many weights.
#pragma once

#include <vector>

#include "millwright/train/layer_cost.h"

namespace millwright {

/// Stages that hold alike are one class.
struct Stage {
    std::int64_t index = 0;   // of the first of them, which holds most micro-batches
    std::int64_t copies = 1;  // stages of this class
    std::int64_t count = 0;   // layers of each, those of multi-token prediction apart
    LayerCounts layers;       // by kind, those of multi-token prediction included
    bool first = false, last = false;
    std::vector<std::int64_t> all;  // indices of all stages of this class
};

using Stages = std::vector<Stage>;

/// Layers of each pipeline stage: equal, or one more in the middle stages, so that the stages
/// with embedding and head are never the longest.
std::vector<std::int64_t> stage_layers(std::int64_t layers, std::int64_t stages);

/// Layers of each pipeline stage such that the heaviest weighs as little as any division makes it,
/// and the others are alike. `weights`: of each layer; `first` and `last`: what these stages hold
/// beside layers, and may then hold none. As many stages as layers or fewer.
std::vector<std::int64_t> balanced_layers(const std::vector<double>& weights, std::int64_t stages,
                                          double first, double last);

/// The same one layer after the other: a stage is full once all up to its last layer weigh more
/// than as many even shares, so that the first are the longest and the last may have none
/// (nanotron's pipeline blocks).
std::vector<std::int64_t> running_layers(const std::vector<double>& weights, std::int64_t stages,
                                         double first, double last);

/// Whether layers split into whole layers a chunk, alike but for one fewer where the division says
/// so: nobody launches two and a half layers a chunk.
bool can_split(StageDivision division, std::int64_t layers, std::int64_t pipeline,
               std::int64_t virtual_stages);

/// Every stage by itself, in order.
Stages each_stage(const Model& model, std::int64_t pipeline, const StageBalance& balance = {});

/// Classes of like stages with their counts; the last stage comes last.
Stages stages_of(const Model& model, std::int64_t pipeline, const StageBalance& balance = {});

/// On one rank of a stage, in numbers or bytes: what every data-parallel rank shares, and what is
/// of routed experts, which fewer ranks have the same of.
struct RankWeights {
    double shared = 0;
    double routed = 0;

    bool any() const { return shared + routed > 0; }
};

/// Weights on one rank of a stage, in numbers, and where they are frozen the adapters beside them
/// and those of them that are packed.
struct Weights : RankWeights {
    RankWeights adapters, packed;
};

/// Of one stage of the class. `costs` are of the plan's ways.
Weights stage_weights(const TrainContext& context, const ShardCosts& costs, const Stage& stage);

/// Those that have gradients and states, in numbers: all, or where weights are frozen adapters.
/// None where these are not known.
RankWeights trained_weights(const TrainContext& context, const Weights& held);

/// Bytes that data ranks gather of each other's in one pass over a rank's weights: with ZeRO-3 all
/// of them as they lie in memory, else what the optimizer updated.
RankWeights gathered_bytes(const TrainContext& context, const Plan& plan, const Weights& held);

/// Bytes of gradients that they reduce.
RankWeights reduced_bytes(const TrainContext& context, const Weights& held);

}  // namespace millwright
