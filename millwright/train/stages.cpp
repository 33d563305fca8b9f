// balanced_layers() finds by halving the least bound on a stage's weight with which greedy
// filling needs no more stages than there are, O(layers) a try; within it stages take even
// shares, from the last to the first. Embedding and head are units of their own at both ends, so
// that an end stage may hold no layer. Like stages are one class, first and last apart.
#include "millwright/train/stages.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "millwright/base/require.h"

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

/// Sums of weights before each of `units`, and what no stage may weigh more than.
struct Division {
    std::vector<double> before;
    double most = 0;

    double weight(std::size_t from, std::size_t to) const { return before[to] - before[from]; }
};

/// Fewest stages that the first so many units fit in, for all numbers of them: each stage in turn
/// is filled. Too many where a unit alone weighs more than a stage may.
std::vector<std::size_t> fewest_stages(const Division& cut) {
    const std::size_t units = cut.before.size() - 1;
    std::vector<std::size_t> fewest(units + 1, units + 1);
    fewest[0] = 0;
    std::size_t start = 0, stages = 1;
    for (std::size_t end = 1; end <= units; ++end) {
        if (cut.weight(start, end) > cut.most) {
            start = end - 1;
            ++stages;
            if (cut.weight(start, end) > cut.most) break;
        }
        fewest[end] = stages;
    }
    return fewest;
}

/// Units of each stage, none empty, from the last to the first: each takes what brings it nearest
/// to an even share of all that is left, and leaves no more than the others may hold.
std::vector<std::size_t> even_units(const Division& cut, std::size_t stages) {
    const std::vector<std::size_t> fewest = fewest_stages(cut);
    std::vector<std::size_t> counts(stages);
    std::size_t end = cut.before.size() - 1;
    for (std::size_t left = stages; left > 1; --left) {
        const double share = cut.weight(0, end) / static_cast<double>(left);
        std::size_t start = end - 1;
        while (fewest[start] > left - 1) --start;
        while (start > left - 1) {
            const double more = cut.weight(start - 1, end);
            const bool nearer = std::abs(more - share) < std::abs(cut.weight(start, end) - share);
            if (!nearer || more > cut.most) break;
            --start;
        }
        counts[left - 1] = end - start;
        end = start;
    }
    counts[0] = end;
    return counts;
}

}  // namespace

std::vector<std::int64_t> stage_layers(std::int64_t layers, std::int64_t stages) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(stages), layers / stages);
    const std::int64_t rest = layers % stages;
    // the first stage has none of the rest, unless only the last would be left without
    const std::int64_t middle = rest <= stages - 2 ? 1 : 0;
    for (std::int64_t i = 0; i < rest; ++i) ++counts[static_cast<std::size_t>(middle + i)];
    return counts;
}

std::vector<std::int64_t> balanced_layers(const std::vector<double>& weights, std::int64_t stages,
                                          double first, double last) {
    const auto count = static_cast<std::size_t>(stages);
    require(stages >= 1 && count <= weights.size(), "no more stages than layers");
    // embedding and head are units of their own, so that a stage may hold these alone
    std::vector<double> units{first};
    units.insert(units.end(), weights.begin(), weights.end());
    units.push_back(last);
    Division cut{.before = {0}};
    for (const double weight : units) cut.before.push_back(cut.before.back() + weight);
    double low = 0, high = cut.before.back();
    constexpr int halvings = 48;  // to a part in 1e14 of the whole
    for (int i = 0; i < halvings; ++i) {
        cut.most = (low + high) / 2;
        (fewest_stages(cut).back() <= count ? high : low) = cut.most;
    }
    cut.most = high;
    std::vector<std::int64_t> layers;
    for (const std::size_t held : even_units(cut, count)) {
        layers.push_back(static_cast<std::int64_t>(held));
    }
    --layers.front();
    --layers.back();
    return layers;
}

std::vector<std::int64_t> running_layers(const std::vector<double>& weights, std::int64_t stages,
                                         double first, double last) {
    const double all = std::accumulate(weights.begin(), weights.end(), first + last);
    const double share = all / static_cast<double>(stages);
    std::vector<std::int64_t> counts(static_cast<std::size_t>(stages), 0);
    std::size_t at = 0;
    double sum = first;
    for (const double weight : weights) {
        ++counts[at];
        sum += weight;
        if (sum > share * static_cast<double>(at + 1) && at + 1 < counts.size()) ++at;
    }
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

namespace {

std::vector<std::int64_t> counts_of(const Pattern& pattern, std::int64_t stages,
                                    const StageBalance& balance) {
    const auto layers = static_cast<std::int64_t>(pattern.order.size());
    if (balance.ends() <= 0 || stages == 1) return stage_layers(layers, stages);
    if (stages > layers && !balance.running) return stage_layers(layers, stages);
    std::vector<double> weights;
    for (const std::size_t kind : pattern.order) {
        weights.push_back(balance.layers.empty() ? 1 : balance.layers[kind]);
    }
    const auto divide = balance.running ? running_layers : balanced_layers;
    return divide(weights, stages, balance.embedding, balance.head + balance.prediction);
}

}  // namespace

Stages each_stage(const Model& model, std::int64_t pipeline, const StageBalance& balance) {
    const Pattern pattern = pattern_of(model);
    const std::vector<LayerCounts> before = prefix_counts(pattern);
    const std::vector<std::int64_t> counts = counts_of(pattern, pipeline, balance);
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
        weights.adapters.shared += count * layer.adapters;
        weights.adapters.routed += count * layer.routed_adapters;
        weights.packed.shared += count * layer.packed;
    }
    if (context.low_rank.base == BaseForm::nf4) weights.packed.routed = weights.routed;
    const bool one_stage = stage.first && stage.last;
    if (stage.first) weights.shared += costs.embedding_weights;
    // tied embeddings share one matrix where both are on a rank; else each end has its own
    if (stage.last && !(one_stage && m.tied_embeddings)) weights.shared += costs.embedding_weights;
    return weights;
}

RankWeights trained_weights(const TrainContext& context, const Weights& held) {
    return context.frozen_weights ? held.adapters : held;
}

RankWeights gathered_bytes(const TrainContext& context, const Plan& plan, const Weights& held) {
    const double each = context.assume.weight_bytes;
    if (plan.sharding != Sharding::zero_3) {
        const RankWeights trained = trained_weights(context, held);
        return {each * trained.shared, each * trained.routed};
    }
    const auto stored = [each](double all, double packed, double adapters) {
        return each * (all - packed + adapters) + nf4_bytes * packed;
    };
    return {stored(held.shared, held.packed.shared, held.adapters.shared),
            stored(held.routed, held.packed.routed, held.adapters.routed)};
}

RankWeights reduced_bytes(const TrainContext& context, const Weights& held) {
    const double each = context.assume.gradient_bytes;
    const RankWeights trained = trained_weights(context, held);
    return {each * trained.shared, each * trained.routed};
}

}  // namespace millwright
