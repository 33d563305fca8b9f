// Times of a step's parts: how they scale, what they count, and which way of a collective is taken.
#include "millwright/serve/layer_times.h"

#include <gtest/gtest.h>

#include "millwright/collective/collectives.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

Replica on_ways(double tensor, double pipeline = 1) {
    Replica r = plain_replica();
    r.ways.tensor = tensor;
    r.ways.pipeline = pipeline;
    return r;
}

/// Of all four parts.
Seconds all_parts(const Replica& r) {
    return token_time(r, 100).time + cache_time(r, 7, 300).time + sample_time(r, 7).time +
           chunk_time(r, {.queries = 90, .keys = 400}).time;
}

TEST(LayerTimes, TwiceTheRatesTakeHalfTheTime) {
    for (const double tensor : {1.0, 2.0}) {
        const Replica r = on_ways(tensor);
        Replica fast = r;
        for (FlopRate& rate : fast.chip.dense) rate = 2 * rate;
        fast.chip.memory_bandwidth = 2 * r.chip.memory_bandwidth;
        fast.network.inner.per_chip = 2 * r.network.inner.per_chip;
        EXPECT_NEAR(all_parts(fast) / all_parts(r), 0.5, 1e-12) << tensor;
    }
}

TEST(LayerTimes, EnginesFactorsAreOnAllOfIt) {
    for (const double tensor : {1.0, 2.0}) {
        const Replica r = on_ways(tensor);
        Replica slow = r;
        EngineFigures<Bare>& f = slow.engine.figures;
        f.products = f.experts = f.prefill_attention = f.decode_attention = f.pointwise =
            f.communication = 1.5;
        EXPECT_NEAR(all_parts(slow) / all_parts(r), 1.5, 1e-12) << tensor;
    }
}

TEST(LayerTimes, KernelsAreCountedByLayersAndNotByTokens) {
    const Replica r = on_ways(1);
    Replica deep = r;
    deep.model.layers.value = 8;
    const double ends = 1;  // the embedding
    EXPECT_EQ(token_time(r, 1).kernels, token_time(r, 500).kernels);
    EXPECT_EQ(token_time(deep, 1).kernels - ends, 2 * (token_time(r, 1).kernels - ends));
    EXPECT_EQ(cache_time(r, 9, 100).kernels, 4);  // one a layer
    EXPECT_EQ(chunk_time(r, {100, 100}).kernels, 4);
    EXPECT_EQ(chunk_time(r, {100, 300}).kernels, 8);  // older keys by one more
    EXPECT_EQ(sample_time(r, 3).kernels, 5);          // logits, and four of the sampler
    // two all-reduces a layer and one of the embedding
    EXPECT_EQ(token_time(on_ways(2), 1).kernels, token_time(r, 1).kernels + 2 * 4 + 1);
}

// A kernel's time holds a launch; in a graph what is left of it is the gap.
TEST(LayerTimes, AGraphLeavesOfALaunchTheGap) {
    Replica r = on_ways(1);
    const PartTime none = cache_time(r, 4, 200);
    r.chip.launch = 5 * unit::us;
    r.engine.figures.gap = 5 * unit::us;
    const PartTime launched = token_time(r, 10);
    r.engine.figures.gap = 1 * unit::us;
    const PartTime graphed = token_time(r, 10);
    EXPECT_NEAR((launched.time - graphed.time).in(unit::us), 4 * graphed.kernels, 1e-6);
    EXPECT_GE(none.time, cache_time(r, 4, 200).time);  // without a launch: no less than 0
}

TEST(LayerTimes, CachesAreReadOnce) {
    const Replica r = on_ways(1);
    const double read = 32 * 1000 * tiny_cache_token / 1e9;
    const double time = cache_time(r, 32, 1000).time.si();
    EXPECT_GT(time, read);
    EXPECT_LT(time, 1.03 * read);  // queries and outputs
    Replica narrow = r;
    narrow.formats.cache_bytes = 1;
    narrow.chip.decode_fp8 = narrow.chip.decode;
    EXPECT_NEAR(cache_time(narrow, 32, 1000).time.si() / time, 0.5, 0.02);
    Replica windowed = r;
    windowed.model.window.value = 100;
    EXPECT_EQ(cache_time(windowed, 32, 1000).time, cache_time(windowed, 32, 100).time);
}

TEST(LayerTimes, StatesAreReadAndWrittenWhateverTheLength) {
    Replica r = on_ways(1);
    r.model = tiny_states();
    EXPECT_EQ(cache_time(r, 5, 10).time, cache_time(r, 5, 100'000).time);
    EXPECT_NEAR(cache_time(r, 10, 10).time / cache_time(r, 5, 10).time, 2, 1e-12);
    EXPECT_NEAR(cache_time(r, 5, 10, 3).time / cache_time(r, 5, 10).time, 3, 1e-12);
}

// Products of a chunk with its own keys and with older ones are those of the whole prompt.
TEST(LayerTimes, PiecesOfAPromptCostItsProducts) {
    Replica r = on_ways(1);
    r.chip.memory_bandwidth = Bandwidth::from_si(1e30);
    const Seconds whole = chunk_time(r, {4096, 4096}).time;
    for (const double piece : {512.0, 1024.0, 2048.0}) {
        Seconds sum;
        for (double end = piece; end <= 4096; end += piece) sum += chunk_time(r, {piece, end}).time;
        EXPECT_GE(sum, (1 - 1e-9) * whole) << piece;
        EXPECT_LE(sum, 1.1 * whole) << piece;
    }
}

TEST(LayerTimes, OlderKeysCostMoreUntilAWindowIsFull) {
    const Replica r = on_ways(1);
    Replica windowed = r;
    windowed.model.window.value = 256;
    Seconds last;
    for (const double keys : {64.0, 128.0, 512.0, 5000.0}) {
        const Seconds time = chunk_time(r, {64, keys}).time;
        EXPECT_GT(time, last) << keys;
        last = time;
    }
    EXPECT_EQ(chunk_time(windowed, {64, 500}).time, chunk_time(windowed, {64, 5000}).time);
    EXPECT_LT(chunk_time(windowed, {64, 5000}).time, last);
}

TEST(LayerTimes, StagesAreJoinedByHops) {
    const double size = 100 * 8 * 2;
    for (const double stages : {2.0, 4.0}) {
        const Replica r = on_ways(1, stages);
        const Seconds hop = point_to_point_time(r.network, 1, size * unit::B);
        const Seconds more = token_time(r, 100).time - token_time(on_ways(1), 100).time;
        EXPECT_NEAR(more.si(), (stages - 1) * hop.si(), 1e-15) << stages;
    }
}

TEST(LayerTimes, FewerBusyRanksExchangeLess) {
    Replica r = plain_replica();
    r.model = tiny_experts();
    r.ways.attention_data = r.ways.expert = 4;
    const Seconds all = token_time(r, 64).time;
    r.busy_ranks = 4;
    EXPECT_EQ(token_time(r, 64).time, all);
    r.busy_ranks = 1;
    EXPECT_LT(token_time(r, 64).time, all);
}

TEST(AllReduce, TakesTheFastestWay) {
    Network network = plain_network(8, 8);
    const Group group = group_on(network, 8, 1);
    const auto library = [&](Bytes size) {
        return collective_time(network, Collective::all_reduce, group, size).time;
    };
    network.inner.base = 50 * unit::us;
    EXPECT_EQ(all_reduce_time(network, group, 1 * unit::kB), library(1 * unit::kB));
    network.inner.kernel_share = 0.5;
    network.inner.one_shot = 2 * unit::us;
    network.inner.two_shot = 10 * unit::us;
    const Bandwidth rate = 0.5 * network.inner.per_chip;
    // small: every rank sends all to all; larger: parts, twice; largest: the library's
    const auto expect_time = [&](Bytes size, Seconds expected) {
        EXPECT_NEAR(all_reduce_time(network, group, size) / expected, 1, 1e-12);
    };
    expect_time(500 * unit::B, 2 * unit::us + 7 * (500 * unit::B) / rate);
    expect_time(8 * unit::kB, 10 * unit::us + 2 * 7.0 / 8 * (8 * unit::kB) / rate);
    EXPECT_EQ(all_reduce_time(network, group, 1 * unit::MB), library(1 * unit::MB));
    // kernels reach no other domain
    const Network apart = plain_network(16, 8);
    const Group far = group_on(apart, 16, 1);
    EXPECT_EQ(all_reduce_time(apart, far, 1 * unit::kB),
              collective_time(apart, Collective::all_reduce, far, 1 * unit::kB).time);
}

}  // namespace TEST_FILE
}  // namespace millwright
