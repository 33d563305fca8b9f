// A training step: operations against the counts of the literature, times against ideal chips and
// textbook bubbles, memory by bytes a weight.
#include <gtest/gtest.h>

#include "millwright/collective/collectives.h"
#include "millwright/train/timeline.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

constexpr const char* llama = "llama-3.1-8b";

Layer layer_of(const Model& model, bool experts, bool windowed = false) {
    Layer layer{.mixer = attention_of(model), .ffn = experts ? 0 : model.ffn.value};
    if (experts) layer.channel = ChannelKind::experts;
    if (windowed) layer.mixer.window = model.window.value;
    return layer;
}

double flops_of(const std::vector<Operation>& ops) {
    double sum = 0;
    for (const Operation& op : ops) sum += op.flops.si();
    return sum;
}

TEST(Operations, ForwardFlopsAreTwiceTheWeightsAndTokens) {
    const TrainContext c = context_on(llama, "hgx-h100", 8);
    Shard shard{.micro_batch = 1, .sequence = 4096};
    double sum = 0;
    for (int i = 0; i < 32; ++i)
        sum += flops_of(layer_operations(c.model, layer_of(c.model, false), shard));
    sum += flops_of(head_operations(c.model, shard));
    // a third of forward and backward together
    EXPECT_NEAR(sum, 4096 * model_flops_per_token(c.model, 4096).si() / 3, 1e-3 * sum);
}

TEST(Operations, TensorWaysDivideTheWork) {
    const TrainContext c = context_on("deepseek-v3", "hgx-h100", 8);
    for (const bool experts : {false, true}) {
        Shard whole{.micro_batch = 1, .sequence = 4096};
        Shard split = whole;
        split.tensor = 8;
        const double one = flops_of(layer_operations(c.model, layer_of(c.model, experts), whole));
        const double eighth =
            flops_of(layer_operations(c.model, layer_of(c.model, experts), split));
        EXPECT_NEAR(8 * eighth, one, 0.001 * one);
    }
}

TEST(Operations, ExpertWaysKeepTheWorkOfARank) {
    const TrainContext c = context_on("mixtral-8x7b", "hgx-h100", 8);
    Shard shard{.micro_batch = 1, .sequence = 4096};
    const double alone = flops_of(layer_operations(c.model, layer_of(c.model, true), shard));
    shard.expert = 8;
    EXPECT_DOUBLE_EQ(flops_of(layer_operations(c.model, layer_of(c.model, true), shard)), alone);
}

TEST(Operations, AWindowShortensAttentionOnly) {
    TrainContext c = context_on(llama, "hgx-h100", 8);
    c.model.window.value = 1024;
    const Shard shard{.micro_batch = 1, .sequence = 8192};
    const auto full = layer_operations(c.model, layer_of(c.model, false), shard);
    const auto windowed = layer_operations(c.model, layer_of(c.model, false, true), shard);
    for (std::size_t i = 0; i < full.size(); ++i) {
        if (full[i].kernel == Kernel::attention) {
            // keys a query meets: 1024 (1 - 1/16) against 4096
            EXPECT_NEAR(windowed[i].flops / full[i].flops, 960.0 / 4096, 1e-12);
        } else {
            EXPECT_EQ(windowed[i].flops, full[i].flops);
        }
    }
}

TEST(Operations, UnfusedAttentionPassesItsScoresThroughMemory) {
    const TrainContext c = context_on("gpt-3-175b", "hgx-a100", 8, 2048);
    Shard shard{.micro_batch = 1, .sequence = 2048};
    shard.attention = AttentionLibrary::unfused;
    Bytes saved;
    Flops work;
    for (const Operation& op : layer_operations(c.model, layer_of(c.model, false), shard)) {
        if (op.block != Block::attention) continue;
        saved += op.saved;
        work += op.flops;
    }
    // every key, masked or not: 4 s^2 h; scores keep 5 a s^2 bytes beside q, k, v and output
    EXPECT_NEAR(work.si(), 4.0 * 2048 * 2048 * 12288, 1e6);
    EXPECT_NEAR(saved.si(), 5.0 * 96 * 2048 * 2048 + 8.0 * 2048 * 12288, 1e6);
}

/// A chip without overheads, tiles, waves or memory to wait for.
ChipRates ideal(ChipRates chip) {
    chip.memory_bandwidth = 1e12 * chip.memory_bandwidth;
    chip.launch = Seconds{};
    chip.sustained = 1;
    for (GemmKernel& kernel : chip.gemm) kernel = {.peak_share = 1};
    chip.attention = chip.flash_attention_2 = {.peak_share = 1};
    chip.exponentials = FlopRate{};  // softmax is no operation of the model
    return chip;
}

TEST(Step, AnIdealChipTakesTheModelsOperationsAlone) {
    TrainContext c = context_on(llama, "hgx-h100", 1, 8192);
    c.chip = ideal(c.chip);
    c.assume.host_layer = c.assume.host_step = Seconds{};
    c.assume.jitter = 0;
    const Step step = evaluate(c, {.global_batch = 8});
    const double weights = model_flops_per_token(c.model, 0).si();
    const double attention = model_flops_per_token(c.model, 8192).si() - weights;
    // the backward pass of attention does 2.5 of the forward's operations, and MFU counts 2; blocks
    // on the diagonal waste a 64th of the keys
    const double work = 8 * 8192 * (weights + attention * 3.5 / 3 * (1 + 64.0 / 4096));
    EXPECT_NEAR(step.times.total.si() / (work / 989.5e12), 1, 1e-3);
}

TEST(Step, TimesAreNeverUnderTheRoofline) {
    const TrainContext c = context_on(llama, "hgx-h100", 8, 8192);
    const Plan plan{.data = 8, .global_batch = 64};
    const double least = 8 * 8192 * model_flops_per_token(c.model, 8192).si() / 989.5e12;
    const double total = evaluate(c, plan).times.total.si();
    EXPECT_GT(total, least);
    EXPECT_DOUBLE_EQ(model_flops_utilisation(c, plan, total * unit::s), least / total);
}

// Full recompute does each layer's forward pass again, selective what it names; head and embedding
// are not recomputed.
TEST(Step, RecomputeRepeatsWhatItSays) {
    const TrainContext c = context_on(llama, "hgx-h100", 1, 8192);
    Plan plan{.micro_batch = 1, .global_batch = 4};
    Seconds layer;
    Seconds named;
    for (const Operation& op :
         layer_operations(c.model, pattern_of(c.model).kinds.front(), shard_of(c, plan))) {
        layer += forward_time(c.chip, op);
        if ((op.repeated & c.assume.repeated) != 0) named += forward_time(c.chip, op);
    }
    EXPECT_GT(named, Seconds{});
    EXPECT_LT(named, 0.5 * layer);
    for (const auto& [recompute, repeated] : {std::pair{Recompute::none, Seconds{}},
                                              {Recompute::selective, named},
                                              {Recompute::full, layer}}) {
        plan.recompute = recompute;
        EXPECT_NEAR(evaluate(c, plan).times.recompute.si(), 4 * 32 * repeated.si(), 1e-9)
            << name_of(recompute);
    }
}

TEST(Step, PipelineBubbleIsTheTextbookShare) {
    TrainContext c = context_on(llama, "hgx-h100", 64, 4096);
    c.model.vocab.value = 1;  // leaves the stages alike
    const Plan plan{.tensor = 8, .pipeline = 8, .micro_batch = 1, .global_batch = 16};
    const StepTimes t = evaluate(c, plan).times;
    Seconds work = t.recompute + t.tensor + t.expert + t.context;
    for (const Seconds part : t.compute) work += part;
    EXPECT_NEAR(t.bubble / work, 7.0 / 16, 0.02);  // (p - 1) / M
    Plan interleaved = plan;
    interleaved.schedule = Schedule::interleaved;
    interleaved.virtual_stages = 4;
    EXPECT_NEAR(evaluate(c, interleaved).times.bubble / t.bubble, 0.25, 0.001);
    Plan zero = plan;
    zero.schedule = Schedule::zero_bubble;
    // weight gradients fill it; exposed tensor exchanges, a part of the passes here, do not
    EXPECT_LT(evaluate(c, zero).times.bubble, 0.75 * t.bubble);
}

TEST(Step, UnevenLayersGoToTheMiddle) {
    EXPECT_EQ(stage_layers(126, 16).front(), 7);
    EXPECT_EQ(stage_layers(126, 16)[1], 8);
    EXPECT_EQ(stage_layers(126, 16).back(), 7);
    EXPECT_EQ(stage_layers(61, 4), (std::vector<std::int64_t>{15, 16, 15, 15}));
}

// Llama 3 8B in mixed precision: 16 bytes a weight without sharding, and 8.03e9 weights.
TEST(Memory, StatesAreSixteenBytesAWeight) {
    const TrainContext c = context_on(llama, "hgx-h100", 8);
    Plan plan{.data = 8, .global_batch = 8};
    plan.sharding = Sharding::none;
    const StepMemory none = evaluate(c, plan).memory;
    EXPECT_NEAR(none.weights.in(unit::GB), 16.06, 0.05);
    EXPECT_NEAR(none.gradients.in(unit::GB), 32.1, 0.1);
    EXPECT_NEAR(none.optimizer.in(unit::GB), 96.4, 0.3);
    plan.sharding = Sharding::zero_1;
    EXPECT_NEAR(evaluate(c, plan).memory.optimizer / none.optimizer, 1.0 / 8, 1e-9);
    plan.sharding = Sharding::zero_3;
    EXPECT_NEAR(evaluate(c, plan).memory.weights / none.weights, 1.0 / 8, 1e-9);
}

TEST(Memory, RecomputeTradesActivationsForTime) {
    const TrainContext c = context_on(llama, "hgx-h100", 8, 8192);
    Plan plan{.data = 8, .global_batch = 8};
    Step last = evaluate(c, plan);
    for (const Recompute recompute : {Recompute::selective, Recompute::full}) {
        plan.recompute = recompute;
        const Step step = evaluate(c, plan);
        EXPECT_LT(step.memory.activations, last.memory.activations);
        EXPECT_GT(step.times.total, last.times.total);
        last = step;
    }
}

TEST(Memory, SelectiveActivationsFollowKorthikanti) {
    // without recompute a layer of s tokens keeps about 34 h a token less dropout masks (5 h) and
    // scores; ours with flash attention and a four-fold MLP of two matrices: 2 bytes of norm
    // inputs (2), products (qkv in, q, k, v, out, up in, act in 4, act out 4)
    TrainContext c = context_on("gpt-3-175b", "hgx-h100", 64, 2048);
    const Plan plan{.tensor = 8, .pipeline = 8, .global_batch = 8};
    const ShardCosts costs = shard_costs(c, plan);
    const double per_value = 2048.0 * 12288 * 2;  // bytes of one width of all tokens
    // outside tensor ways (split by sequence parallelism): 4; inside: q k v out 4, act 4 + 4
    EXPECT_NEAR(costs.layers[0].saved.si(), per_value * (4 + 4 + 8) / 8, 0.01 * per_value);
}

TEST(Timeline, EndsWhenTheFormulaSaysSo) {
    TrainContext c = context_on(llama, "hgx-h100", 64, 4096);
    c.model.vocab.value = 1;
    for (const Schedule schedule :
         {Schedule::one_f_one_b, Schedule::interleaved, Schedule::zero_bubble}) {
        Plan plan{.tensor = 2, .pipeline = 4, .data = 8, .global_batch = 128};
        plan.schedule = schedule;
        plan.virtual_stages = schedule == Schedule::interleaved ? 4 : 1;
        Seconds end;
        for (const Task& task : timeline(c, plan)) end = max(end, task.start + task.duration);
        const Seconds step = evaluate(c, plan).times.total;
        EXPECT_NEAR(end / step, 1, 0.02) << name_of(schedule);
    }
}

TEST(Timeline, AStageDoesOneThingAtATime) {
    const TrainContext c = context_on("llama-3.1-70b", "hgx-h100", 64, 4096);
    Plan plan{.tensor = 2, .pipeline = 8, .data = 4, .global_batch = 64};
    plan.schedule = Schedule::interleaved;
    plan.virtual_stages = 5;
    const std::vector<Task> tasks = timeline(c, plan);
    // each pass, and of a step the waits for data, the gradients' exchange and the optimizer
    EXPECT_EQ(tasks.size(), 8U * (2 * 16 * 5 + 3));
    for (std::size_t i = 1; i < tasks.size(); ++i) {
        if (tasks[i].stage != tasks[i - 1].stage) continue;
        EXPECT_GE(tasks[i].start.si() + 1e-12, (tasks[i - 1].start + tasks[i - 1].duration).si());
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
