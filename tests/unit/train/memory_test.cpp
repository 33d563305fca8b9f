// Memory of a rank of a model small enough to count every byte.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

constexpr double layer = 976;                    // weights of a layer (tests/tiny.h)
constexpr double table = 128;                    // of an embedding matrix
constexpr double whole = 4 * layer + 2 * table;  // of all of it
constexpr double tokens = 32;
// what a layer keeps of a micro-batch: inputs of two norms, of query, key and value, of the
// attention output and of the MLP (five of 8 wide), query, key and value (8 + 4 + 4), both halves
// of the gated activation (64), and its output (32); two bytes each
constexpr double kept = tokens * 2 * (5 * 8 + 16 + 64 + 32);
// with norms, core and activation made again: no input of the projections (two of 8), none of the
// attention output (8), and not the activation's output (32)
constexpr double kept_selective = kept - tokens * 2 * (3 * 8 + 32);
constexpr double kept_full = tokens * 2 * 8;
// of the head: inputs of norm and product, and six bytes a logit
constexpr double kept_head = tokens * (2 * 2 * 8 + 6 * 16);
constexpr double message = tokens * 2 * 8;

struct Worked {
    const char* what;
    Plan plan;
    double weights, gradients, optimizer, activations, buffers;
};

void expect_memory(const TrainContext& context, const Worked& c) {
    SCOPED_TRACE(c.what);
    const StepMemory m = evaluate(context, c.plan).memory;
    EXPECT_DOUBLE_EQ(m.weights.si(), c.weights);
    EXPECT_DOUBLE_EQ(m.gradients.si(), c.gradients);
    EXPECT_DOUBLE_EQ(m.optimizer.si(), c.optimizer);
    EXPECT_DOUBLE_EQ(m.activations.si(), c.activations);
    EXPECT_DOUBLE_EQ(m.buffers.si(), c.buffers);
    EXPECT_DOUBLE_EQ(m.total.si(),
                     c.weights + c.gradients + c.optimizer + c.activations + c.buffers);
}

TEST(TinyMemory, AShardingDividesItsStatesByItsRanks) {
    const Plan plan{.data = 4, .global_batch = 4};
    const auto with = [&](Sharding sharding, std::int64_t group = 0) {
        Plan p = plan;
        p.sharding = sharding;
        p.shard_group = group;
        return p;
    };
    Plan context = with(Sharding::zero_1);
    context.data = context.context = 2;
    context.global_batch = 2;
    const double live = 4 * kept + kept_head;
    const double own = 4 * message;
    // gathered: two layers' weights of two bytes and one's gradients of four
    const double gathered = own + whole / 4 * (2 * 2 + 4);
    for (const Worked& c : {
             Worked{"none", with(Sharding::none), 2 * whole, 4 * whole, 12 * whole, live, own},
             {"ZeRO-1", with(Sharding::zero_1), 2 * whole, 4 * whole, 3 * whole, live, own},
             {"ZeRO-2", with(Sharding::zero_2), 2 * whole, whole, 3 * whole, live, own},
             {"ZeRO-3", with(Sharding::zero_3), whole / 2, whole, 3 * whole, live, gathered},
             {"HSDP", with(Sharding::zero_3, 2), whole, 2 * whole, 6 * whole, live, gathered},
             {"a group of more than there are", with(Sharding::zero_1, 9), 2 * whole, 4 * whole,
              3 * whole, live, own},
             {"context ranks share states, and halve tokens", context, 2 * whole, 4 * whole,
              3 * whole, live / 2, own / 2},
         }) {
        expect_memory(tiny_context(), c);
    }
}

TEST(TinyMemory, AFormatOrAFrozenWeightHasItsOwnBytes) {
    const Plan plan{.data = 4, .global_batch = 4};
    TrainContext cast = tiny_context();
    cast.precision = Precision::fp8;
    const StepMemory eight = evaluate(cast, plan).memory;
    EXPECT_DOUBLE_EQ(eight.weights.si(), 3 * whole);
    EXPECT_DOUBLE_EQ(eight.gradients.si(), 4 * whole);
    TrainContext frozen = tiny_context();
    frozen.frozen_weights = true;
    expect_memory(frozen, {"adapters", plan, 2 * whole, 0, 0, 4 * kept + kept_head, 4 * message});
}

TEST(TinyMemory, AMeasuredFactorAndTheReserveAreOfTheWhole) {
    TrainContext c = tiny_context();
    c.assume.reserve = 1000 * unit::B;
    c.assume.factors.memory = 1.5;
    c.assume.activation_factor = 2;
    const StepMemory m = evaluate(c, {.sharding = Sharding::none, .global_batch = 1}).memory;
    EXPECT_DOUBLE_EQ(m.reserve.si(), 1500);
    EXPECT_DOUBLE_EQ(m.weights.si(), 3 * whole);
    EXPECT_DOUBLE_EQ(m.activations.si(), 1.5 * (2 * 4 * kept + kept_head));
    Ledger<Bytes> ledger = memory_ledger(m);
    EXPECT_DOUBLE_EQ(ledger.value.si(), m.total.si());
    EXPECT_EQ(ledger.parts.size(), 6U);
    // also of the layer that is made again
    Plan again{.recompute = Recompute::full, .sharding = Sharding::none, .global_batch = 1};
    EXPECT_DOUBLE_EQ(evaluate(c, again).memory.activations.si(),
                     1.5 * (2 * (4 * kept_full + kept) + kept_head));
}

// Buckets of a reducer lie beside gradients where there are replicas to reduce over.
TEST(TinyMemory, BucketsAreThereWhereReplicasReduce) {
    TrainContext c = tiny_context();
    c.assume.bucket_bytes = 2;
    Plan plan{.sharding = Sharding::zero_1, .global_batch = 4};
    EXPECT_DOUBLE_EQ(evaluate(c, plan).memory.gradients.si(), 4 * whole);
    plan.data = 2;
    EXPECT_DOUBLE_EQ(evaluate(c, plan).memory.gradients.si(), 6 * whole);
    c.frozen_weights = true;
    EXPECT_EQ(evaluate(c, plan).memory.gradients, Bytes{});
}

// Of 32 tokens of width 8 the embedding's output is kept whole on both tensor ranks, for each of
// the two micro-batches that a first stage of two holds; what is gathered for queued products is
// there once, the half that comes from the other rank.
TEST(TinyMemory, SomeTensorsAreWholeOnEveryTensorRank) {
    TrainContext c = tiny_context();
    Plan plan{.tensor = 2, .pipeline = 2, .global_batch = 4};
    const StepMemory none = evaluate(c, plan).memory;
    c.assume.embedding_bytes = 3;
    const StepMemory embedded = evaluate(c, plan).memory;
    EXPECT_NEAR((embedded.activations - none.activations).si(), 2 * 3 * 32 * 8, 1e-9);
    c.assume.queued_bytes = 5;
    const StepMemory queued = evaluate(c, plan).memory;
    EXPECT_NEAR(queued.queued.si(), 5 * 32 * 8 / 2.0, 1e-9);
    EXPECT_EQ(queued.total, embedded.total);
    plan.tensor = 1;
    EXPECT_EQ(evaluate(c, plan).memory.queued, Bytes{});
}

// A layer that is made again whole is there once beside what all keep.
TEST(TinyMemory, RecomputeKeepsLess) {
    Plan plan{.sharding = Sharding::none, .global_batch = 3};
    for (const auto& [recompute, each, again] : {std::tuple{Recompute::none, kept, 0.0},
                                                 {Recompute::selective, kept_selective, 0.0},
                                                 {Recompute::full, kept_full, kept}}) {
        plan.recompute = recompute;
        expect_memory(tiny_context(), {name_of(recompute).data(), plan, 2 * whole, 4 * whole,
                                       12 * whole, 4 * each + again + kept_head, 4 * message});
    }
    TrainContext half = tiny_context();
    half.assume.repeated_share = 0.5;
    plan.recompute = Recompute::full;
    EXPECT_DOUBLE_EQ(evaluate(half, plan).memory.activations.si(),
                     2 * kept + 2 * kept_full + kept + kept_head);
}

// The first stage of two holds two micro-batches of two layers, the last one and the head.
TEST(TinyMemory, TheFullestStageCounts) {
    const double stage = 2 * layer + table;
    Plan plan{.pipeline = 2, .data = 2, .global_batch = 8};
    const auto expected = [&](const char* what, double activations) {
        return Worked{what, plan, 2 * stage, 4 * stage, 6 * stage, activations, 4 * message};
    };
    expect_memory(tiny_context(), expected("1F1B", 2 * 2 * kept));
    plan.schedule = Schedule::zero_bubble;
    // all ranks hold as many, so the one with the head is fullest
    expect_memory(tiny_context(), expected("zero-bubble", 2 * 2 * kept + kept_head));
    plan.schedule = Schedule::interleaved;
    plan.virtual_stages = 2;
    expect_memory(tiny_context(), expected("interleaved", 2 * kept * (2 + 1 / 2.0)));
    plan.schedule = Schedule::one_f_one_b;
    plan.virtual_stages = 1;
    plan.global_batch = 2;  // a micro-batch in all
    expect_memory(tiny_context(), expected("one micro-batch", 2 * kept + kept_head));
    Model wide = tiny_model();
    wide.vocab.value = 4096;
    const TrainContext c = tiny_context(wide);
    plan.global_batch = 8;
    EXPECT_DOUBLE_EQ(evaluate(c, plan).memory.activations.si(),
                     2 * kept + tokens * (2 * 2 * 8 + 6 * 4096));
}

// Where both ends are fed a rank has both stages, p + 1 micro-batches each through one of them, and
// the ranks of both copies share states.
TEST(TinyMemory, ARankOfDualPipeHoldsTwoStages) {
    const Plan plan{.pipeline = 2, .data = 2, .schedule = Schedule::dualpipe, .global_batch = 16};
    expect_memory(tiny_context(), {"dualpipe", plan, 2 * whole, 4 * whole, 12 * whole / 4,
                                   4 * kept * 3 / 2 + kept_head, 4 * message});
}

// Halves of all that tensor ranks split; outside their products only with sequence parallelism.
TEST(TinyMemory, TensorRanksSplitWhatTheyCan) {
    Plan plan{.tensor = 2, .sharding = Sharding::none, .global_batch = 1};
    // the norms of a layer are on each rank
    const double held = 4 * ((layer - 16) / 2 + 16) + table;
    const double head = tokens * (2 * 8 + 6 * 8);
    expect_memory(tiny_context(), {"with sequence parallelism", plan, 2 * held, 4 * held, 12 * held,
                                   4 * kept / 2 + head, 4 * message / 2});
    TrainContext apart = tiny_context();
    apart.assume.sequence_parallel = false;
    // norms and inputs of products whole: four of 8 wide
    const double whole_inputs = tokens * 2 * 4 * 8;
    expect_memory(apart,
                  {"without", plan, 2 * held, 4 * held, 12 * held,
                   4 * (kept + whole_inputs) / 2 + tokens * (2 * 2 * 8 + 6 * 8), 4 * message});
}

// A model of one dense layer and three of experts: experts are spread over expert ways, and their
// states over the ranks that hold the same ones.
TEST(TinyMemory, ExpertsAreOnFewerRanks) {
    const double dense = layer + 3 * (192 + 16 + 384 + 32) + 2 * table;
    const double routed = 3 * 4 * 384;
    TrainContext c = tiny_context(tiny_experts());
    const auto states = [&](std::int64_t expert, std::int64_t expert_tensor, std::int64_t group) {
        Plan plan{.data = 4, .expert = expert, .expert_tensor = expert_tensor};
        plan.shard_group = group;
        plan.global_batch = 4;
        return evaluate(c, plan).memory;
    };
    for (const std::int64_t ways : {1, 2, 4}) {
        for (const std::int64_t split : {1, 2}) {
            const double spread = static_cast<double>(ways * split);
            if (spread > 4) continue;
            const StepMemory m = states(ways, split, 0);
            EXPECT_DOUBLE_EQ(m.weights.si(), 2 * (dense + routed / spread)) << spread;
            // all four ranks hold every weight once between them, however experts lie
            EXPECT_DOUBLE_EQ(m.optimizer.si(), 12 * (dense + routed) / 4) << spread;
        }
    }
    // ZeRO-3 gathers the mean layer with its experts
    Plan gathers{.data = 4, .expert = 2, .sharding = Sharding::zero_3, .global_batch = 4};
    EXPECT_DOUBLE_EQ(evaluate(c, gathers).memory.buffers.si(),
                     4 * message + (dense + routed / 2) / 4 * (2 * 2 + 4));
    // two groups of two: experts over two ranks are once in each, over four they are in both
    EXPECT_DOUBLE_EQ(states(2, 1, 2).optimizer.si(), 12 * (dense / 2 + routed / 2));
    EXPECT_DOUBLE_EQ(states(4, 1, 2).optimizer.si(), 12 * (dense / 2 + routed / 4));
}

TEST(TinyMemory, TheHostTakesWhatIsOffloaded) {
    TrainContext c = tiny_context();
    c.host = {unit::GBps, 200 * unit::kB, unit::GBps};
    Plan plan{.data = 2, .sharding = Sharding::zero_1, .global_batch = 2};
    const double live = 4 * kept, layers = 2 * kept;
    for (const auto& [offload, optimizer, activations, host] :
         {std::tuple{Offload::none, 6 * whole, live, 0.0},
          {Offload::optimizer, 0.0, live, 6 * whole},
          {Offload::activations, 6 * whole, layers, live},
          {Offload::both, 0.0, layers, 6 * whole + live}}) {
        plan.offload = offload;
        const Step step = evaluate(c, plan);
        EXPECT_DOUBLE_EQ(step.memory.optimizer.si(), optimizer) << name_of(offload);
        EXPECT_DOUBLE_EQ(step.memory.activations.si(), activations + kept_head);
        EXPECT_DOUBLE_EQ(step.memory.host.si(), host);
        EXPECT_TRUE(step.fits);
        c.host.memory = host * 0.999 * unit::B;
        EXPECT_EQ(evaluate(c, plan).fits, offload == Offload::none);
        c.host.memory = 200 * unit::kB;
    }
}

TEST(TinyMemory, APlanFitsUpToTheShareThatIsUsable) {
    TrainContext c = tiny_context();
    const Plan plan{.sharding = Sharding::none, .global_batch = 1};
    const Bytes total = evaluate(c, plan).memory.total;
    c.assume.usable_memory = 0.5;
    c.chip.memory_capacity = 2 * total;
    EXPECT_TRUE(evaluate(c, plan).fits);
    EXPECT_EQ(evaluate(c, plan).usable, total);
    c.chip.memory_capacity = std::nextafter(2 * total.si(), 0.0) * unit::B;
    EXPECT_FALSE(evaluate(c, plan).fits);
}

}  // namespace TEST_FILE
}  // namespace millwright
