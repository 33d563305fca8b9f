// Memory of a replica by hand, and why some cannot be.
#include "millwright/serve/replica.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/compute/weights.h"
#include "tests/fixtures.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

constexpr double whole = 4 * 976 + 2 * 128 + 8;  // weights (tests/tiny.h), the last norm too

TEST(ReplicaMemory, WeightsAreSplitByWaysAndCountTheirFormats) {
    Replica r = steady_replica();
    EXPECT_DOUBLE_EQ(memory_of(r).weights.si(), 2 * whole);
    r.formats.dense.bytes = 1;  // of MLPs and norms; mixers and tables stay
    const double mixers = 4 * 192, tables = 2 * 128;
    EXPECT_DOUBLE_EQ(memory_of(r).weights.si(),
                     2 * mixers + 2 * tables + (whole - mixers - tables));
    r.formats.dense.bytes = 2;
    r.ways.tensor = 2;
    EXPECT_DOUBLE_EQ(memory_of(r).weights.si(), whole);
    r.ways.pipeline = 2;  // tables are on every stage
    EXPECT_DOUBLE_EQ(memory_of(r).weights.si(), (whole - tables) / 2 + tables);
}

TEST(ReplicaMemory, AttentionRanksRepeatAllButExperts) {
    Replica r = steady_replica();
    r.model = tiny_experts();
    const double routed = 3 * 4 * 384, others = parameters(r.model) - routed;
    r.ways.attention_data = 4;
    r.ways.expert = 4;
    EXPECT_DOUBLE_EQ(memory_of(r).weights.si(), 2 * (others + routed / 4));
}

TEST(ReplicaMemory, BlocksAreWhatIsLeft) {
    for (const std::int64_t blocks : {1, 7, 1000}) {
        Replica r = plain_replica();
        r = with_blocks(r, blocks);
        const ReplicaMemory m = memory_of(r);
        EXPECT_EQ(m.blocks, blocks);
        EXPECT_DOUBLE_EQ(m.block.si(), 16 * tiny_cache_token);
        EXPECT_EQ(m.sequence, Bytes{});
        EXPECT_LE(m.weights + m.activations + m.cache, r.chip.memory_capacity);
    }
}

TEST(ReplicaMemory, ShareIsOfAllOrOfWhatWeightsLeave) {
    Replica r = plain_replica();
    r.engine.memory_share = 0.8;
    const Bytes all = r.chip.memory_capacity;
    const ReplicaMemory m = memory_of(r);
    EXPECT_DOUBLE_EQ(m.cache.si(), (0.8 * all - m.weights - m.activations).si());
    r.engine.share_of_free = true;
    EXPECT_DOUBLE_EQ(memory_of(r).cache.si(), (0.8 * (all - m.weights - m.activations)).si());
    r.engine.overhead = all;
    EXPECT_EQ(memory_of(r).cache, Bytes{});
    EXPECT_EQ(memory_of(r).blocks, 0);
}

TEST(ReplicaMemory, HeadsAreCopiedWhereTheyAreFewerThanRanks) {
    Replica r = plain_replica();
    const double one = memory_of(r).block.si();
    for (const double tensor : {2.0, 4.0, 8.0}) {  // two heads of keys
        r.ways.tensor = tensor;
        EXPECT_DOUBLE_EQ(memory_of(r).block.si(), one / 2) << tensor;
    }
    r.model.kv_lora.value = 6;
    r.model.rope_dim.value = 2;
    EXPECT_DOUBLE_EQ(memory_of(r).block.si(), 16 * 4 * (6 + 2) * 2);  // a latent is whole on each
}

TEST(ReplicaMemory, FullWindowsAreAFixedSize) {
    Replica r = plain_replica();
    r.model.window.value = 8;
    r.model.full_every.value = 4;
    const ReplicaMemory m = memory_of(r);
    EXPECT_NEAR(m.block.si(), 16 * tiny_cache_token / 4, 1e-6);
    EXPECT_NEAR(m.sequence.si(), 3 * 8 * tiny_cache_token / 4, 1e-6);
    EXPECT_NEAR(m.blocks_of(17, 16), 2 + 3 * 8 / 16.0, 1e-6);
    r.longest = 5;  // no sequence fills a window: all layers grow
    EXPECT_NEAR(memory_of(r).block.si(), 16 * tiny_cache_token, 1e-6);
}

TEST(ReplicaMemory, StatesAloneAreCountedBySequences) {
    Replica r = plain_replica();
    r.model = tiny_states();
    r = with_blocks(r, 5);
    const ReplicaMemory m = memory_of(r);
    EXPECT_EQ(m.block, Bytes{});
    EXPECT_GT(m.sequence, Bytes{});
    EXPECT_EQ(m.blocks, 5);
    EXPECT_EQ(m.blocks_of(1'000'000, 16), 1);
    EXPECT_EQ(why_not(r, 1'000'000), "");
}

TEST(ReplicaMemory, LanesShareACache) {
    Replica r = with_blocks(plain_replica(), 100);
    const ReplicaMemory all = memory_of(r);
    r.ways.pipeline = 2;  // half of the layers on a chip, two lanes that share its cache
    const ReplicaMemory lane = memory_of(r);
    EXPECT_DOUBLE_EQ(lane.block / all.block, 0.5);
    EXPECT_NEAR(static_cast<double>(lane.blocks), lane.cache / lane.block / 2, 1);
}

TEST(Replica, SaysWhyItCannotBe) {
    Replica r = with_blocks(plain_replica(), 11);  // the last may be begun for one token
    EXPECT_EQ(why_not(r, 160), "");
    EXPECT_TRUE(contains(why_not(r, 161), "a sequence of 161 tokens needs")) << why_not(r, 161);
    r.ways.pipeline = 5;
    EXPECT_TRUE(contains(why_not(r, 1), "more pipeline stages than layers"));
    r.chip.dense[static_cast<std::size_t>(Precision::fp8)] = FlopRate{};
    r.formats.experts.products = Precision::fp8;
    EXPECT_TRUE(contains(why_not(r, 1), "no known"));
}

TEST(Speculation, YieldsWhatIsRightInARow) {
    EXPECT_EQ(Speculation{}.tokens_a_step(), 1);
    EXPECT_DOUBLE_EQ((Speculation{.depth = 3, .acceptance = 0.5}.tokens_a_step()),
                     1 + 0.5 + 0.25 + 0.125);
    EXPECT_DOUBLE_EQ((Speculation{.depth = 4, .acceptance = 1}.tokens_a_step()), 5);
}

TEST(WeightFormat, IsNarrowWhereItsBytesAreFewerThanItsProducts) {
    EXPECT_EQ((WeightFormat{Precision::bf16, 2}.narrow_bytes()), 0);
    EXPECT_EQ((WeightFormat{Precision::bf16, 0.56}.narrow_bytes()), 0.56);
    EXPECT_EQ((WeightFormat{Precision::fp8, 1.03}.narrow_bytes()), 0);
}

TEST(EngineSettings, AreTheEnginesLimitsOnTheChip) {
    const Catalog& catalog = built_in_catalog();
    for (const Engine& engine : catalog.engines) {
        const Chip& chip = part_named(catalog.chips, "h100-sxm");
        const EngineSettings s = settings_of(engine, chip);
        const EngineLimits limits = limits_on(engine, chip);
        EXPECT_EQ(s.max_sequences, limits.sequences) << engine.id;
        EXPECT_EQ(s.max_batched_tokens, limits.batched_tokens) << engine.id;
        EXPECT_EQ(s.largest_graph, limits.largest_graph) << engine.id;
        EXPECT_GE(s.graph_step, 1) << engine.id;
        EXPECT_EQ(s.batching, engine.batching) << engine.id;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
