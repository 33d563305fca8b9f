// Adapters beside frozen weights: what is trained by published counts and by hand, and laws between
// training them and training all.
#include "millwright/train/low_rank.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "millwright/train/step_ends.h"
#include "millwright/train/timeline.h"
#include "tests/fixtures.h"
#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

constexpr double layer = 976, table = 128;  // weights of tests/tiny.h
constexpr double whole = 4 * layer + 2 * table;
constexpr double matrices = 4 * (192 + 768);  // of these, all but norms and embeddings
constexpr double tokens = 32;
// in and out of query, two of keys and values, output, two up and one down, of four layers
constexpr double ends = 4 * (16 + 2 * 12 + 16 + 3 * 40);
constexpr double wire = 1e9;

TrainContext adapting(TrainContext context, const LowRank& low_rank) {
    context.frozen_weights = low_rank.any();
    context.low_rank = low_rank;
    return context;
}

LowRank only(LowRankTarget target, std::int64_t rank) {
    LowRank low_rank{.rank = rank, .targets = {}};
    low_rank.targets[static_cast<std::size_t>(target)] = true;
    return low_rank;
}

double trainable(const char* model, const LowRank& low_rank) {
    return trainable_parameters(part_named(built_in_catalog().models, model), low_rank);
}

// As PEFT prints them: all seven matrices of a layer of Llama 3 8B at rank 16, and the four of
// attention of Llama 2 7B.
TEST(LowRankTraining, TrainsWhatPeftCounts) {
    EXPECT_EQ(trainable("llama-3.1-8b", {.rank = 16}), 41'943'040);
    EXPECT_EQ(trainable("llama-2-7b", only(LowRankTarget::attention, 16)), 16'777'216);
    EXPECT_EQ(trainable("llama-2-7b", {}), 6'738'415'616);
}

// Every expert has adapters of its own; shared ones are of the MLP, and the router has none.
TEST(LowRankTraining, CountsEachExpert) {
    const Model m = tiny_experts();
    const double expert = 2 * (3 * (8 + 16));
    EXPECT_EQ(trainable_parameters(m, only(LowRankTarget::experts, 2)), 3 * 4 * expert);
    const double dense = 2 * 3 * (8 + 32);
    EXPECT_EQ(trainable_parameters(m, only(LowRankTarget::mlp, 2)), dense + 3 * expert);
    EXPECT_EQ(trainable_parameters(m, only(LowRankTarget::attention, 2)), 4 * 2 * (16 + 24 + 16));
    EXPECT_EQ(trainable_parameters(m, {.rank = 2}), trainable_parameters(m, {.rank = 1}) * 2);
}

TEST(LowRankTraining, HasGradientsAndStatesOfAdaptersAlone) {
    const TrainContext c = adapting(tiny_context(), {.rank = 2});
    const double adapters = 2 * ends;
    Plan plan{.data = 4, .global_batch = 4};
    for (const auto& [sharding, kept, gradients, optimizer] :
         {std::tuple{Sharding::none, 1.0, 1.0, 1.0},
          {Sharding::zero_1, 1.0, 1.0, 0.25},
          {Sharding::zero_2, 1.0, 0.25, 0.25},
          {Sharding::zero_3, 0.25, 0.25, 0.25}}) {
        plan.sharding = sharding;
        const StepMemory m = evaluate(c, plan).memory;
        EXPECT_DOUBLE_EQ(m.weights.si(), 2 * kept * (whole + adapters)) << name_of(sharding);
        EXPECT_DOUBLE_EQ(m.gradients.si(), 4 * gradients * adapters) << name_of(sharding);
        EXPECT_DOUBLE_EQ(m.optimizer.si(), 12 * optimizer * adapters) << name_of(sharding);
    }
    // of two gathered layers and the gradients of one
    const double gathered = (4 * (whole + adapters) + 4 * adapters) / 4;
    EXPECT_DOUBLE_EQ(evaluate(c, plan).memory.buffers.si(), gathered + 4 * tokens * 2 * 8);
    EXPECT_DOUBLE_EQ(checkpoint_bytes(c).si(), 14 * adapters);
}

// Adapted products keep their inputs, and beside them two values for each of the seven adapters;
// the frozen head keeps none.
TEST(LowRankTraining, KeepsInputsOfWhatIsAdapted) {
    const Plan plan{.sharding = Sharding::none, .global_batch = 1};
    const auto kept = [&](const LowRank& low_rank) {
        return evaluate(adapting(tiny_context(), low_rank), plan).memory.activations.si();
    };
    const double all = kept({});
    const double head = tokens * 2 * 8, value = tokens * 2;
    EXPECT_DOUBLE_EQ(kept({.rank = 2}), all - head + 4 * value * 2 * 7);
    // without the inputs of the two products of the MLP, 8 and 32 wide
    EXPECT_DOUBLE_EQ(kept(only(LowRankTarget::attention, 2)),
                     all - head + 4 * value * (2 * 4 - (8 + 32)));
    // without that of query, key and value; the output's is read by the attention core too
    EXPECT_DOUBLE_EQ(kept(only(LowRankTarget::mlp, 2)), all - head + 4 * value * (2 * 3 - 8));
}

TEST(LowRankTraining, ReducesGradientsOfAdaptersAlone) {
    const TrainContext c = adapting(tiny_context(), {.rank = 2});
    const double adapters = 2 * ends, part = 3.0 / 4 / wire;
    Plan plan{.data = 4, .global_batch = 8};
    const auto data = [&] { return step_parts(c, plan).data; };
    plan.sharding = Sharding::none;
    EXPECT_NEAR(data().reduce.si(), 2 * 4 * adapters * part, 1e-15);
    EXPECT_EQ(data().gather, Seconds{});
    for (const Sharding s : {Sharding::zero_1, Sharding::zero_2}) {
        plan.sharding = s;
        EXPECT_NEAR(data().reduce.si(), 4 * adapters * part, 1e-15);
        EXPECT_NEAR(data().gather.si(), 2 * adapters * part, 1e-15);  // what was updated
    }
    plan.sharding = Sharding::zero_3;
    EXPECT_NEAR(data().reduce.si(), 4 * adapters * part, 1e-15);
    EXPECT_NEAR(data().gather.si(), 2 * (whole + adapters) * part, 1e-15);
}

// Matrices lie packed and are gathered packed; one, and the widest has 8 x 32, is in BF16 at a
// time. Norms and embeddings are as they were.
TEST(LowRankTraining, PacksMatricesInFourBits) {
    EXPECT_NEAR(8 * nf4_bytes, 4.127, 1e-4);  // QLoRA, section 3
    const LowRank packed{.rank = 2, .base = BaseForm::nf4};
    const TrainContext c = adapting(tiny_context(), packed);
    const double lies = 2 * (whole - matrices) + nf4_bytes * matrices + 2 * 2 * ends;
    Plan plan{.data = 4, .sharding = Sharding::zero_1, .global_batch = 4};
    EXPECT_DOUBLE_EQ(evaluate(c, plan).memory.weights.si(), lies);
    EXPECT_DOUBLE_EQ(evaluate(c, plan).memory.buffers.si(), 2 * 8 * 32 + 4 * tokens * 2 * 8);
    plan.sharding = Sharding::zero_3;
    EXPECT_DOUBLE_EQ(evaluate(c, plan).memory.weights.si(), lies / 4);
    EXPECT_NEAR(step_parts(c, plan).data.gather.si(), lies * 3 / 4 / wire, 1e-15);
}

TEST(LowRankTraining, DrawsWhatItCosts) {
    const TrainContext c = adapting(tiny_context(tiny_experts()), {.rank = 2});
    const Plan plan{.tensor = 2, .pipeline = 2, .data = 4, .global_batch = 16};
    Seconds wanted, drawn, end;
    for (const LayerCost& cost : shard_costs(c, plan).layers) wanted += cost.passes.forward.time();
    for (const LayerTask& task : layer_timeline(c, plan)) drawn += task.duration;
    EXPECT_NEAR(drawn / wanted, 1, 1e-12);
    for (const Task& task : timeline(c, plan)) end = max(end, task.start + task.duration);
    EXPECT_NEAR(end / evaluate(c, plan).times.total, 1, 1e-6);
}

/// A plan of a wide model whose weights are many beside what it keeps.
struct Tuned {
    TrainContext context;
    Plan plan;
    LowRank low_rank;

    TrainContext tuned() const { return adapting(context, low_rank); }
};

Tuned random_tuning() {
    const auto model = *rc::gen::element(std::string("llama-3.1-8b"), std::string("llama-3.1-70b"),
                                         std::string("mixtral-8x7b"));
    const auto server = *rc::gen::element(std::string("hgx-h100"), std::string("hgx-a100"));
    Tuned t{.context = context_on(model.c_str(), server.c_str(), 64, 4096)};
    t.plan.tensor = *rc::gen::element<std::int64_t>(1, 2, 4);
    t.plan.pipeline = *rc::gen::element<std::int64_t>(1, 2, 4);
    t.plan.data = *rc::gen::element<std::int64_t>(1, 2, 4);
    t.plan.sharding =
        *rc::gen::element(Sharding::none, Sharding::zero_1, Sharding::zero_2, Sharding::zero_3);
    t.plan.recompute = *rc::gen::element(Recompute::none, Recompute::selective, Recompute::full);
    t.plan.global_batch = 8 * t.plan.data;
    t.low_rank.rank = *rc::gen::inRange<std::int64_t>(1, 33);
    return t;
}

// Two tensor ranks at most: with four each reads the whole input of a quarter of 4,096 columns for
// every adapter, which takes as long as the weight gradients that are saved.
RC_GTEST_PROP(LowRankLaw, TrainsInLessTimeAndMemoryThanAllWeights, ()) {
    const Tuned t = random_tuning();
    RC_PRE(t.plan.tensor <= 2);
    const Step all = evaluate(t.context, t.plan), few = evaluate(t.tuned(), t.plan);
    RC_LOG() << few.times.total.si() << " of " << all.times.total.si() << " s\n";
    RC_ASSERT(few.times.total <= all.times.total);
    RC_ASSERT(few.memory.total <= all.memory.total);
    RC_ASSERT(few.times.data <= all.times.data);
    RC_ASSERT(few.times.optimizer <= all.times.optimizer);
}

// A layer's weights are used forward and for the gradients of its inputs all the same, so only
// their own gradients are saved.
RC_GTEST_PROP(LowRankLaw, SavesNoMoreThanWeightGradients, ()) {
    const Tuned t = random_tuning();
    const ShardCosts all = shard_costs(t.context, t.plan), few = shard_costs(t.tuned(), t.plan);
    for (std::size_t kind = 0; kind < all.layers.size(); ++kind) {
        const Passes& a = all.layers[kind].passes;
        const Passes& b = few.layers[kind].passes;
        RC_ASSERT(b.forward.compute > a.forward.compute);
        RC_ASSERT(b.backward.compute - b.weight_gradient > a.backward.compute - a.weight_gradient);
        RC_ASSERT(b.weight_gradient < a.weight_gradient);
    }
}

// A higher rank is never less work, less memory or less to send, and what is sent is in proportion.
RC_GTEST_PROP(LowRankLaw, GrowsWithTheRank, ()) {
    const Tuned t = random_tuning();
    Tuned twice = t;
    twice.low_rank.rank *= 2;
    const Step low = evaluate(t.tuned(), t.plan), high = evaluate(twice.tuned(), t.plan);
    RC_ASSERT(high.times.total >= low.times.total);
    RC_ASSERT(high.memory.total >= low.memory.total);
    const auto reduced = [&](const Tuned& tuned) {
        const TrainContext c = tuned.tuned();
        return reduced_bytes(c, step_parts(c, t.plan).pipeline.heaviest);
    };
    RC_ASSERT(reduced(twice).shared == 2 * reduced(t).shared);
    RC_ASSERT(reduced(twice).routed == 2 * reduced(t).routed);
    RC_ASSERT(trainable_parameters(t.context.model, twice.low_rank) ==
              2 * trainable_parameters(t.context.model, t.low_rank));
}

// Useful work is two thirds of that of training all weights, and more for attention's core and the
// adapters.
RC_GTEST_PROP(LowRankLaw, CountsWhatFrozenWeightsNeed, ()) {
    const Tuned t = random_tuning();
    const double share = useful_flops_per_token(t.tuned()) / useful_flops_per_token(t.context);
    RC_ASSERT(share > 2.0 / 3);
    RC_ASSERT(share < 1);
    const Seconds step = evaluate(t.tuned(), t.plan).times.total;
    RC_ASSERT(model_flops_utilisation(t.tuned(), t.plan, step) < 1);
}

RC_GTEST_PROP(LowRankLaw, PackedWeightsTakeLessRoomAndMoreTime, ()) {
    const Tuned t = random_tuning();
    Tuned packed = t;
    packed.low_rank.base = BaseForm::nf4;
    const Step wide = evaluate(t.tuned(), t.plan), narrow = evaluate(packed.tuned(), t.plan);
    RC_ASSERT(narrow.memory.weights < 0.5 * wide.memory.weights);
    const auto computes = [](const Step& step) { return time_ledger(step.times).parts[0].value; };
    RC_ASSERT(computes(narrow) > computes(wide));
}

// A rank's adapters do not grow with tensor ways, also where it has one head: products of a head
// each have none, however many a rank has.
TEST(LowRankTraining, AreNotMoreOnOneHead) {
    for (const char* id : {"glm-5", "deepseek-v3.2", "deepseek-v3", "llama-3.1-8b"}) {
        const Model& m = part_named(built_in_catalog().models, id);
        double before = 1e300;
        const auto heads = static_cast<double>(m.heads.value);
        for (double tensor = 1; tensor <= heads; tensor *= 2) {
            if (std::fmod(heads, tensor) != 0) break;
            Shard shard;
            shard.tensor = tensor;
            double sum = 0;
            for (const Layer& kind : pattern_of(m).kinds) {
                for (const Operation& op : layer_operations(m, kind, shard)) {
                    sum += adapter_weights({.rank = 16}, op);
                }
            }
            EXPECT_LE(sum, before) << id << " at " << tensor;
            before = sum;
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
