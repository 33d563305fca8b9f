// Rows of mixers: weights against published layers, operations against the formulas of the papers,
// states by their sizes; and whole models of unlike layers through the planner.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "millwright/catalog/hugging_face.h"
#include "millwright/compute/mixers.h"
#include "millwright/compute/weights.h"
#include "millwright/serve/roofline.h"
#include "tests/fixtures.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::json;

/// The published configuration of that name.
Model published(const std::string& name) {
    static const Json models = [] {
        std::ifstream file(repository_root() + "/tests/configs/models.json");
        return Json::parse(file);
    }();
    for (const Json& row : models) {
        if (row["name"] == name) return model_from_config(row["config"].dump(), name).value();
    }
    throw std::out_of_range(name);
}

constexpr const char* hybrids[] = {"nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B",
                                   "Qwen/Qwen3-Next-80B-A3B",
                                   "ai21labs/AI21-Jamba-1.5-Mini",
                                   "deepseek-ai/DeepSeek-V3.2-Exp",
                                   "moonshotai/Kimi-Linear-48B-A3B-Base",
                                   "MiniMaxAI/MiniMax-Text-01",
                                   "ibm-granite/granite-4.0-h-small",
                                   "state-spaces/mamba-2.8b-hf",
                                   "google/gemma-4-26B-A4B",
                                   "meituan-longcat/LongCat-Flash-Chat",
                                   "Qwen/Qwen3.5-35B-A3B"};

Mixer mixer_of(const Model& model, MixerKind kind) {
    for (const Layer& layer : pattern_of(model).kinds) {
        if (layer.mixer.kind == kind) return layer.mixer;
    }
    throw std::out_of_range(std::string(name_of(kind)));
}

/// FLOPs a token of the mixer's core, by its operations.
double core_of(const Model& model, const Mixer& mixer, double sequence) {
    std::vector<Operation> ops;
    const Shard shard{.micro_batch = 1, .sequence = sequence};
    mixer_row(mixer.kind).operations(model, mixer, shard, ops);
    double sum = 0;
    for (const Operation& op : ops) sum += op.block == Block::attention ? op.flops.si() : 0;
    return sum / sequence;
}

TEST(Mixers, WeightsAreThoseOfPublishedLayers) {
    // Nemotron 3 Nano: 64 heads of 64, 8 groups of 128: in 2688 x 10304, out 4096 x 2688, a
    // convolution of 4 with bias over 6144, three numbers a head, a norm of 4096
    const Model nano = published(hybrids[0]);
    EXPECT_EQ(mixer_parameters(nano, mixer_of(nano, MixerKind::mamba2)),
              2688.0 * 10304 + 4096.0 * 2688 + 6144 * 5 + 3 * 64 + 4096);
    // Qwen3-Next: query, key, value and gate 2048 x 12288, rate and decay 2048 x 64, a convolution
    // of 4 over 8192, out 4096 x 2048, two numbers a head, a norm of 128
    const Model next = published(hybrids[1]);
    EXPECT_EQ(mixer_parameters(next, mixer_of(next, MixerKind::delta)),
              2048.0 * 12288 + 2048 * 64 + 8192 * 4 + 4096.0 * 2048 + 64 + 128);
    // its attention: 16 heads of 256 twice for the gate, 2 of keys and values, and out
    EXPECT_EQ(mixer_parameters(next, mixer_of(next, MixerKind::attention)),
              2048.0 * (2 * 4096 + 2 * 512) + 4096.0 * 2048);
    // MiniMax-01: five products of 6144 x 8192
    const Model minimax = published(hybrids[5]);
    EXPECT_EQ(mixer_parameters(minimax, mixer_of(minimax, MixerKind::lightning)),
              5.0 * 6144 * 8192);
}

TEST(Mixers, CoresDoWhatThePapersSay) {
    const double s = 8192;
    // Dao and Gu 2024: 2 Q N a group; 2 Q P + 4 N P a head
    const Model nano = published(hybrids[0]);
    EXPECT_NEAR(core_of(nano, mixer_of(nano, MixerKind::mamba2), s),
                8 * 2.0 * 256 * 128 + 64 * (2.0 * 256 * 64 + 4.0 * 128 * 64), 1);
    // Yang 2024, chunks of 64: three scores or sums of N, two of P, the triangle, three passes
    const Model next = published(hybrids[1]);
    const double c = 64, n = 128, p = 128;
    EXPECT_NEAR(core_of(next, mixer_of(next, MixerKind::delta), s),
                32 * (6 * c * n + 4 * c * p + 2 * c * c / 3 + 6 * n * p), 1);
    const Model minimax = published(hybrids[5]);
    EXPECT_NEAR(core_of(minimax, mixer_of(minimax, MixerKind::lightning), s),
                64 * (2.0 * 256 * 128 * 2 + 4.0 * 128 * 128), 1);
    // DeepSeek-V3.2: an index of 64 heads of 128 over all keys, 128 heads over 2048 latents
    const Model sparse = published(hybrids[3]);
    const double keys = 2048 * (1 - 2048 / (2 * s));
    EXPECT_NEAR(core_of(sparse, mixer_of(sparse, MixerKind::sparse), s),
                2 * (s / 2) * 64 * 128 + 2 * keys * 128 * (576 + 512), 1e3);
}

TEST(Mixers, StatesOfRecurrencesDoNotGrow) {
    const Model nano = published(hybrids[0]);
    const Mixer mamba = mixer_of(nano, MixerKind::mamba2);
    const MixerState state = mixer_row(mamba.kind).state(mamba, 1e6);
    // 64 heads of 128 x 64, and three inputs of 6144 channels
    EXPECT_EQ(state.carried, 64.0 * 128 * 64 + 3 * 6144);
    EXPECT_EQ(state.kept, 0);
    // a token more: 6 layers of 2 heads of 128, keys and values
    const double more = (sequence_cache(nano, 1001).held - sequence_cache(nano, 1000).held).si();
    EXPECT_EQ(more, 6 * 2 * 2 * 128 * 2);
    // the index reads all its keys, attention 2048 latents
    const Model sparse = published(hybrids[3]);
    const double met = 61 * 2 * (2048.0 * 576 + 1e5 * 128);
    EXPECT_NEAR(sequence_cache(sparse, 1e5).moved.si(), met, 1);
}

TEST(Mixers, AShortConvolutionIsFourMatrices) {
    // LFM2 1.2B: three streams and one back of 2048, over three tokens
    Model lfm;
    lfm.hidden.value = 2048;
    const Mixer mixer{
        .kind = MixerKind::short_conv, .heads = 2048, .head_dim = 1, .convolution = 3};
    EXPECT_EQ(mixer_parameters(lfm, mixer), 4.0 * 2048 * 2048 + 3 * 2048);
    EXPECT_EQ(mixer_row(mixer.kind).state(mixer, 1e6).carried, 2 * 2048);
    EXPECT_EQ(core_of(lfm, mixer, 4096), 0);
}

TEST(Mixers, HeadsAreSplitByTensorWays) {
    for (const char* name : hybrids) {
        const Model model = published(name);
        for (const Layer& layer : pattern_of(model).kinds) {
            const Mixer& mixer = layer.mixer;
            std::vector<Operation> whole, half;
            Shard shard{.micro_batch = 1, .sequence = 4096};
            mixer_row(mixer.kind).operations(model, mixer, shard, whole);
            shard.tensor = 2;
            mixer_row(mixer.kind).operations(model, mixer, shard, half);
            ASSERT_EQ(whole.size(), half.size());
            Flops all, part;
            for (const Operation& op : whole) all += op.flops;
            for (const Operation& op : half) part += op.flops;
            // what all ranks need is made by each: gates of low rank, keys of an index
            EXPECT_GE(2 * part, (1 - 1e-9) * all) << name << " " << name_of(mixer.kind);
            EXPECT_LE(2 * part, 1.02 * all) << name << " " << name_of(mixer.kind);
        }
    }
}

/// The system of other tests, with another model.
TrainContext context_of(const Model& model) {
    TrainContext context = context_on("llama-3.1-8b", "hgx-h100", 64, 4096);
    context.model = model;
    return context;
}

Plan plan_of(const Model& model) {
    Plan plan{.data = 64, .global_batch = 64};
    if (is_moe(model)) plan.expert = 8;
    return plan;
}

TEST(Mixers, StepsOfUnlikeLayersAreAboveTheirRoofline) {
    for (const char* name : hybrids) {
        const Model model = published(name);
        const TrainContext context = context_of(model);
        const Plan plan = plan_of(model);
        const Step step = evaluate(context, plan);
        const double flops = 4096 * model_flops_per_token(model, 4096).si();
        EXPECT_TRUE(std::isfinite(step.times.total.si())) << name;
        EXPECT_GT(step.times.total.si(), flops / 989.5e12) << name;
        const ShardCosts costs = shard_costs(context, plan);
        const Stage all = stages_of(model, 1).front();
        const Weights held = stage_weights(context, costs, all);
        EXPECT_NEAR((held.shared + 8 * (is_moe(model) ? held.routed : 0)) /
                        (parameters(model) + extra_parameters(model)),
                    1, 0.01)
            << name;
        EXPECT_GT(step.memory.total.si(), 2 * (held.shared + held.routed)) << name;
    }
}

TEST(Mixers, MoreLayersAreNeverFaster) {
    for (const char* name : hybrids) {
        Model model = published(name);
        Seconds longest = evaluate(context_of(model), plan_of(model)).times.total;
        while (model.own_layers.size() > 4) {
            model.own_layers.resize(model.own_layers.size() - 4);
            model.layers.value -= 4;
            const Seconds fewer = evaluate(context_of(model), plan_of(model)).times.total;
            ASSERT_LE(fewer, longest) << name << " of " << model.layers.value;
            longest = fewer;
        }
    }
}

TEST(Mixers, AHybridOfAttentionAloneIsTheAttentionModel) {
    for (const char* name : {hybrids[1], hybrids[5]}) {
        Model model = published(name);
        for (Layer& layer : model.own_layers) {
            layer.mixer = attention_of(model);
            layer.channel = ChannelKind::experts;
        }
        Model plain = model;
        plain.own_layers.clear();
        const Step a = evaluate(context_of(model), plan_of(model));
        const Step b = evaluate(context_of(plain), plan_of(plain));
        EXPECT_EQ(a.times.total, b.times.total) << name;
        EXPECT_EQ(a.memory.total, b.memory.total) << name;
        EXPECT_EQ(parameters(model), parameters(plain)) << name;
    }
}

TEST(Mixers, AStateIsLessToHandOnThanKeysAndValues) {
    const Shard shard{.micro_batch = 1, .sequence = 65536, .context = 8};
    const Model next = published(hybrids[1]);
    const auto handed = [&](MixerKind kind) {
        return mixer_row(kind).handed_on(mixer_of(next, kind), shard);
    };
    EXPECT_LT(handed(MixerKind::delta), handed(MixerKind::attention));
    // 32 heads of 128 x 128 in FP32
    EXPECT_EQ(handed(MixerKind::delta).si(), 32 * 128 * 128 * 4);
}

}  // namespace TEST_FILE
}  // namespace millwright
