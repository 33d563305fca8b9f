#include "millwright/train/stages.h"

#include <algorithm>
#include <cmath>

namespace millwright {
namespace {

/// Adds a stage, to its class if one is there; the last stage stays last. First and last stages are
/// classes of their own, as embedding and head weigh too; of the others layers decide.
void put(Stages& stages, const Stage& stage) {
    const auto same = std::find_if(stages.begin(), stages.end(), [&](const Stage& other) {
        return !stage.last && !other.first && other.layers == stage.layers;
    });
    if (same != stages.end()) {
        ++same->copies;
        same->all.push_back(stage.index);
    } else {
        stages.push_back(stage);
    }
}

/// A stage is full once all up to its last layer cost more than as many even shares: it has the
/// layer that passes its share, and the last stages may have none (nanotron's pipeline blocks).
std::vector<std::int64_t> by_running_cost(std::int64_t layers, std::int64_t stages,
                                          const StageBalance& balance) {
    const double share = (static_cast<double>(layers) + balance.embedding + balance.head) /
                         static_cast<double>(stages);
    std::vector<std::int64_t> counts(static_cast<std::size_t>(stages), 0);
    std::size_t at = 0;
    double cost = balance.embedding;
    for (std::int64_t i = 0; i < layers; ++i) {
        ++counts[at];
        cost += 1;
        if (cost > share * static_cast<double>(at + 1) && at + 1 < counts.size()) ++at;
    }
    return counts;
}

}  // namespace

std::vector<std::int64_t> stage_layers(std::int64_t layers, std::int64_t stages,
                                       const StageBalance& balance) {
    if (stages > 1 && balance.running) return by_running_cost(layers, stages, balance);
    if (stages > 1 && balance.embedding + balance.head > 0) {
        const double share = (static_cast<double>(layers) + balance.embedding + balance.head) /
                             static_cast<double>(stages);
        // an even share of all, less what the end holds beside layers; never more than others have
        const auto own = [&](double taken) {
            const auto most = static_cast<double>(layers / stages);
            return static_cast<std::int64_t>(std::clamp(std::round(share - taken), 0.0, most));
        };
        const std::int64_t first = own(balance.embedding);
        const std::int64_t last = own(balance.head);
        if (stages == 2) return {layers - last, last};
        std::vector<std::int64_t> counts{first};
        const auto middle = stage_layers(layers - first - last, stages - 2);
        counts.insert(counts.end(), middle.begin(), middle.end());
        counts.push_back(last);
        return counts;
    }
    std::vector<std::int64_t> counts(static_cast<std::size_t>(stages), layers / stages);
    const std::int64_t rest = layers % stages;
    // the first stage has none of the rest, unless only the last would be left without
    const std::int64_t middle = rest <= stages - 2 ? 1 : 0;
    for (std::int64_t i = 0; i < rest; ++i) ++counts[static_cast<std::size_t>(middle + i)];
    return counts;
}

bool can_split(StageDivision division, std::int64_t layers, std::int64_t pipeline,
               std::int64_t virtual_stages) {
    if (pipeline == 1) return virtual_stages == 1;
    const std::int64_t chunks = pipeline * virtual_stages;
    // two chunks at most have no layer: those of embedding and head
    if (division == StageDivision::one || chunks > layers + 2) return false;
    if (layers % chunks == 0) return true;
    // where embedding and head count, some stage between them has whole chunks
    const bool ends = (layers + 1) % chunks == 0 || (pipeline > 2 && (layers + 2) % chunks == 0);
    if (division != StageDivision::layout) return division == StageDivision::ends && ends;
    // the fullest stage has whole chunks; a chunk without a layer holds embedding or head alone
    const std::int64_t fullest = (layers + pipeline - 1) / pipeline;
    return fullest % virtual_stages == 0 && (fullest > virtual_stages || ends);
}

Stages each_stage(const Model& model, std::int64_t pipeline, const StageBalance& balance) {
    const Pattern pattern = pattern_of(model);
    const std::vector<LayerCounts> before = prefix_counts(pattern);
    const std::vector<std::int64_t> counts = stage_layers(model.layers.value, pipeline, balance);
    Stages stages;
    std::size_t at = 0;
    for (std::int64_t i = 0; i < pipeline; ++i) {
        const std::int64_t count = counts[static_cast<std::size_t>(i)];
        const std::size_t end = at + static_cast<std::size_t>(count);
        Stage stage{
            .index = i, .count = count, .first = i == 0, .last = i + 1 == pipeline, .all = {i}};
        stage.layers = before[end];
        for (std::size_t kind = 0; kind < pattern.kinds.size(); ++kind) {
            stage.layers[kind] -= before[at][kind];
        }
        if (stage.last) stage.layers[pattern.prediction] += model.mtp_layers.value;
        stages.push_back(stage);
        at = end;
    }
    return stages;
}

Stages stages_of(const Model& model, std::int64_t pipeline, const StageBalance& balance) {
    Stages classes;
    for (const Stage& stage : each_stage(model, pipeline, balance)) put(classes, stage);
    return classes;
}

Weights stage_weights(const TrainContext& context, const ShardCosts& costs, const Stage& stage) {
    Weights weights;
    const Model& m = context.model;
    for (std::size_t kind = 0; kind < stage.layers.size(); ++kind) {
        const auto count = static_cast<double>(stage.layers[kind]);
        const LayerWeights& layer = costs.weights[kind];
        weights.shared += count * layer.mixer;
        weights.shared += count * layer.channel;
        weights.routed += count * layer.routed;
    }
    const bool one_stage = stage.first && stage.last;
    if (stage.first) weights.shared += costs.embedding_weights;
    // tied embeddings share one matrix where both are on a rank; else each end has its own
    if (stage.last && !(one_stage && m.tied_embeddings)) weights.shared += costs.embedding_weights;
    return weights;
}

}  // namespace millwright
