// Attention and recurrences worked by hand: masks, blocks, softmax, caches and chunks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "millwright/compute/attention_kernels.h"
#include "millwright/compute/recurrence_kernels.h"

namespace millwright {
namespace TEST_FILE {

// Query i meets keys 0 to i, or the last of them that its window holds. The formula's sum is over a
// continuous position, half a key less for each key of the window.
TEST(Attention, PairsAreThoseThatTheMaskLeaves) {
    for (const int keys : {1, 7, 64, 100}) {
        for (const int window : {0, 1, 5, 64, 200}) {
            double pairs = 0;
            const int most = window > 0 ? std::min(window, keys) : keys;
            for (int i = 0; i < keys; ++i) pairs += std::min(i + 1, most);
            Attention a{.batch = 3, .heads = 2, .qk_width = 10, .v_width = 6};
            a.queries = a.keys = keys;
            a.window = window;
            const double counted = attention_flops(a).si() / (2 * 3 * 2 * 16);
            EXPECT_NEAR(counted + most / 2.0, pairs, 1e-9) << keys << ", " << window;
            a.causal = false;
            EXPECT_DOUBLE_EQ(attention_flops(a).si(), 2.0 * 3 * 2 * 16 * keys * keys);
        }
    }
}

/// Attention over one sequence of whole blocks of 128 queries, by one processor of 1 FLOP/s.
ChipRates one_processor() {
    ChipRates chip;
    chip.dense.fill(FlopRate::from_si(1));
    chip.memory_bandwidth = Bandwidth::from_si(1e30);
    return chip;
}

// Of a causal mask blocks on the diagonal are done whole: half a block's keys a query are wasted.
TEST(Attention, TakesItsPairsAndTheWasteOfBlocks) {
    const ChipRates chip = one_processor();
    const double heads = 64;  // so that the longest block is little beside all work
    Attention a{.heads = heads, .kv_heads = heads, .queries = 512, .keys = 512};
    const double widths = 2 * (128 + 128);
    const double causal = heads * widths * (512.0 * 512 / 2 + 512 * 64);
    const AttentionKernel whole{.peak_share = 1};
    EXPECT_NEAR(attention_time(chip, whole, a, false).si() / causal, 1, 1e-6);
    // 2.5 times the work on the way back, at its own share
    const AttentionKernel half{.peak_share = 0.5, .backward = 0.8};
    EXPECT_NEAR(attention_time(chip, half, a, true).si() / causal, 2.5 / 0.5 / 0.8, 1e-5);
    // four blocks a head begin and end, in a time that is their own
    const AttentionKernel late{
        .peak_share = 1, .block = 3e6 * unit::s, .backward_block = 5e6 * unit::s};
    EXPECT_NEAR(attention_time(chip, late, a, false).si() / (causal + heads * 4 * 3e6), 1, 1e-6);
    EXPECT_NEAR(attention_time(chip, late, a, true).si() / (2.5 * causal + heads * 4 * 5e6), 1,
                1e-5);
    a.causal = false;
    const double full = heads * widths * 512 * 512;
    EXPECT_NEAR(attention_time(chip, whole, a, false).si() / full, 1, 1e-6);
}

// One block cannot be spread over processors: however many there are, it takes its keys.
TEST(Attention, IsNoFasterThanItsLongestBlock) {
    ChipRates chip = one_processor();
    chip.processors = 1e6;
    const Attention a{.queries = 4096, .keys = 4096};
    const AttentionKernel whole{.peak_share = 1};
    const double block = 2 * 256.0 * 128 * 4096;  // at a millionth of the chip's rate
    EXPECT_NEAR(attention_time(chip, whole, a, false).si() / (1e6 * block), 1, 1e-6);
    Attention windowed = a;
    windowed.window = 1024;
    // the keys of the window, and those that a block's later queries have beyond the first's
    EXPECT_NEAR(attention_time(chip, whole, windowed, false).si() / (1e6 * block),
                (1024 + 128) / 4096.0, 1e-6);
}

TEST(Attention, WideHeadsAndFp8HaveTheirRates) {
    const ChipRates chip = one_processor();
    const AttentionKernel kernel{.peak_share = 0.5, .fp8 = 2, .wide = 0.25};
    const AttentionKernel plain{.peak_share = 0.5};
    for (const auto& [width, factor] :
         {std::pair{64.0, 1.0}, {191.0, 1.0}, {192.0, 0.25}, {256.0, 0.25}}) {
        Attention a{.qk_width = width, .v_width = 64, .queries = 512, .keys = 512};
        const Seconds one = attention_time(chip, plain, a, false);
        EXPECT_NEAR(one / attention_time(chip, kernel, a, false), factor, 1e-12) << width;
        a.fp8 = true;
        EXPECT_NEAR(one / attention_time(chip, kernel, a, false), 2 * factor, 1e-12) << width;
    }
}

// A pair takes 2 (128 + 128) FLOPs and one exponential; where both take as long and hide each other
// with an exponent of 1.5, together 2^(2/3) of one.
TEST(Attention, SoftmaxPartlyHidesBehindProducts) {
    ChipRates chip = one_processor();
    const AttentionKernel kernel{.peak_share = 1};
    const Attention a{.heads = 64, .kv_heads = 64, .queries = 512, .keys = 512};
    const Seconds products = attention_time(chip, kernel, a, false);
    chip.exponentials = FlopRate::from_si(1 / 512.0);
    const Seconds both = attention_time(chip, kernel, a, false);
    EXPECT_NEAR(both / products, std::pow(2, 2 / 3.0), 1e-9);
    // twice the units at the same rate of products: (1 + 0.5^1.5)^(2/3)
    chip.exponentials = FlopRate::from_si(2 / 512.0);
    EXPECT_NEAR(attention_time(chip, kernel, a, false) / products,
                std::pow(1 + std::pow(0.5, 1.5), 2 / 3.0), 1e-9);
    // scores without values are no softmax
    Attention scores = a;
    scores.v_width = 0;
    const Seconds index = attention_time(chip, kernel, scores, false);
    chip.exponentials = FlopRate{};
    EXPECT_EQ(index, attention_time(chip, kernel, scores, false));
}

// Bound by memory: queries and outputs of all heads, keys and values of fewer; thrice that back.
TEST(Attention, MovesItsTensors) {
    ChipRates chip = one_processor();
    chip.dense.fill(FlopRate::from_si(1e30));
    chip.memory_bandwidth = Bandwidth::from_si(1);
    chip.memory_share = 0.5;
    chip.launch = 3 * unit::s;
    const Attention a{.batch = 2,
                      .heads = 8,
                      .kv_heads = 2,
                      .qk_width = 20,
                      .v_width = 12,
                      .queries = 64,
                      .keys = 256};
    const double moved = 2 * 2 * (64 * 8 + 256 * 2) * 32.0;
    const AttentionKernel whole{.peak_share = 1};
    EXPECT_NEAR(attention_time(chip, whole, a, false).si(), 3 + moved / 0.5, 1e-6);
    EXPECT_NEAR(attention_time(chip, whole, a, true).si(), 3 + 3 * moved / 0.5, 1e-6);
}

// A serving engine turns queries, keys and values, read and written, before the core.
TEST(Attention, OfPromptsWritesTheCache) {
    ChipRates chip = one_processor();
    chip.memory_bandwidth = Bandwidth::from_si(1);
    chip.dense.fill(FlopRate::from_si(1e30));
    chip.attention = {.peak_share = 1, .start = 1 * unit::s};
    Attention a{.batch = 2, .heads = 8, .kv_heads = 2, .qk_width = 20, .v_width = 12};
    a.queries = a.keys = 64;
    const double inputs = 2 * 64 * (8 * 20 + 2 * 32), core = 2 * (inputs + 2 * 64 * 8 * 12);
    EXPECT_NEAR(prefill_attention_time(chip, a).si(), 1 + 4 * inputs + core, 1e-6);
    chip.prefill = {.peak_share = 1, .start = 7 * unit::s};
    EXPECT_NEAR(prefill_attention_time(chip, a).si(), 7 + 4 * inputs + core, 1e-6);
    // of a latent of 5 values a token; FP8 products cast what was made of it, 2 bytes to 1
    a.latent = 5;
    EXPECT_NEAR(prefill_attention_time(chip, a).si(), 7 + 4 * 2 * 64 * 5 + core, 1e-6);
    a.fp8 = true;
    EXPECT_NEAR(prefill_attention_time(chip, a).si(), 7 + 4 * 2 * 64 * 5 + 3 * inputs + core, 1e-6);
}

/// Four processors of 1 FLOP/s, a memory of a byte a second, of which kernels reach a half.
ChipRates slow_reader() {
    ChipRates chip;
    chip.processors = 4;
    chip.dense.fill(FlopRate::from_si(1e30));
    chip.memory_bandwidth = Bandwidth::from_si(1);
    chip.decode = {.memory_share = 0.5,
                   .start = 3 * unit::s,
                   .split = 2 * unit::s,
                   .block = 8e6 * unit::s,
                   .single = 4e6 * unit::s,
                   .peak_share = 0.25};
    return chip;
}

// Keys and values of two cache heads, queries and outputs of eight: 2 x 1000 x 20 x 2 and
// 8 x 20 x 2 bytes.
TEST(Decode, ReadsItsCache) {
    ChipRates chip = slow_reader();
    chip.decode.block = Seconds{};
    CacheAttention a{.heads = 8, .kv_heads = 2, .qk_width = 10, .v_width = 10, .keys = 1000};
    EXPECT_DOUBLE_EQ(moved_bytes(a).si(), 80000 + 320);
    EXPECT_NEAR(decode_attention_time(chip, a).si(), 3 + 2 + 2 * 80320, 1e-6);
    a.cache_bytes = 1;  // there are no kernels of its own
    EXPECT_NEAR(decode_attention_time(chip, a).si(), 3 + 2 + 2 * 40320, 1e-6);
    chip.decode_fp8 = {.memory_share = 1, .start = 1 * unit::s, .peak_share = 1};
    EXPECT_NEAR(decode_attention_time(chip, a).si(), 1 + 40320, 1e-6);
    a.window = 64;  // no longer than what one processor reads
    EXPECT_NEAR(decode_attention_time(chip, a).si(), 1 + 64 * 40 + 320, 1e-6);
    // 45 hundredths of the time at full bandwidth until the ramp is through
    a.cache_bytes = 2;
    a.window = 0;
    chip.decode.ramp = 1e9 * unit::s;
    EXPECT_NEAR(decode_attention_time(chip, a).si(), 5 + 2.45 * 80320, 1e-6);
    chip.decode.ramp = 100 * unit::s;
    EXPECT_NEAR(decode_attention_time(chip, a).si(), 5 + 2 * 80320 + 100, 1e-6);
}

// Each sequence and group of heads is a block of a processor: one of up to sixteen heads, three
// tenths more for each further sixteen.
TEST(Decode, BlocksTakeProcessors) {
    const ChipRates chip = slow_reader();
    CacheAttention a{.batch = 6, .heads = 8, .kv_heads = 2, .qk_width = 1, .v_width = 1};
    const auto blocks = [&] { return decode_attention_time(chip, a).si() - 3; };
    EXPECT_NEAR(blocks() / (12 * 8e6 / 4), 1, 1e-6);
    a.kv_heads = 8;
    EXPECT_NEAR(blocks() / (48 * 4e6 / 4), 1, 1e-6);
    a.heads = 40;
    a.kv_heads = 1;
    EXPECT_NEAR(blocks() / (6 * 8e6 * 1.6 / 4), 1, 1e-6);
}

// All heads of a latent read it once, 576 values of which 512 are values: 128 heads are bound by
// their products, two rows of 64; one head fills a row.
TEST(Decode, LatentHeadsShareOneCache) {
    ChipRates chip = slow_reader();
    chip.latent_decode = {.memory_share = 1, .peak_share = 0.5};
    CacheAttention a{.batch = 4, .heads = 128, .qk_width = 576, .v_width = 512, .keys = 1000};
    a.latent = true;
    EXPECT_DOUBLE_EQ(moved_bytes(a).si(), 4 * (576 * 1000.0 * 2 + 128 * 1088 * 2));
    chip.dense.fill(FlopRate::from_si(4));
    const double products = 2 * 4 * 128 * 1000.0 * 1088 / 4 / 0.5;
    EXPECT_NEAR(decode_attention_time(chip, a).si() / products, 1, 1e-6);
    a.heads = 1;
    EXPECT_NEAR(decode_attention_time(chip, a).si() / (products / 2), 1, 1e-4);
    // a cache that is not cut leaves three of four processors idle
    a.batch = 1;
    const Seconds cut = decode_attention_time(chip, a);
    chip.latent_decode.parts = 1;
    EXPECT_NEAR(decode_attention_time(chip, a) / cut, 4, 1e-3);
}

TEST(Decode, IsInfiniteWithoutKernels) {
    EXPECT_EQ(decode_attention_time(ChipRates{}, {}).si(), std::numeric_limits<double>::infinity());
}

// Work over the chip, joined with the walk from chunk to chunk of one sequence.
TEST(Recurrence, TakesItsWorkOrItsWalk) {
    ChipRates chip = one_processor();
    chip.launch = 1 * unit::s;
    chip.delta = {.share = 0.5, .start = 2 * unit::s, .chunk = 3 * unit::s};
    EXPECT_NEAR(recurrence_time(chip, {.flops = 1e9, .chunks = 1}, false).si() / 2e9, 1, 1e-6);
    EXPECT_NEAR(recurrence_time(chip, {.flops = 1e9, .chunks = 1}, true).si() / 5e9, 1, 1e-6);
    EXPECT_NEAR(recurrence_time(chip, {.flops = 1e-9, .chunks = 10}, false).si(), 3 + 30, 1e-9);
    EXPECT_NEAR(recurrence_time(chip, {.flops = 15, .chunks = 10}, false).si(),
                3 + 30 * std::sqrt(2), 1e-9);
    EXPECT_EQ(recurrence_time(chip, {.chunks = 10}, false), Seconds{});
    // not measured: as plain products
    chip.delta = {};
    chip.gemm[0].peak_share = 0.25;
    EXPECT_NEAR(recurrence_time(chip, {.flops = 1e9}, false).si() / 4e9, 1, 1e-6);
}

}  // namespace TEST_FILE
}  // namespace millwright
