// Times of single kernels worked by hand: tiles, waves, splits and the join with memory.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "millwright/compute/kernels.h"

namespace millwright {
namespace {

/// Four processors that each take a second for a column of k of a tile of 64 x 64; a larger tile
/// takes as many more as it has of these. Combining a split takes a second.
ChipRates slow_chip() {
    ChipRates chip;
    chip.processors = 4;
    chip.dense.fill(FlopRate::from_si(4 * 2 * 64 * 64));
    chip.gemm.fill({.peak_share = 1, .rounding = 1, .split = 1 * unit::s});
    chip.memory_bandwidth = Bandwidth::from_si(1e30);
    return chip;
}

struct Worked {
    const char* how;
    double m, n, k, count;
    double traffic, overhead, rounding;
    double seconds;
};

TEST(Product, TakesTheFastestTilesWavesAndSplit) {
    for (const Worked& w : {
             Worked{"one tile in four parts: 10/4, and a second to combine them",  //
                    64, 64, 10, 1, 0, 0, 1, 3.5},
             {"a tile for each processor: splits gain nothing", 256, 64, 10, 1, 0, 0, 1, 10},
             {"four products of a tile likewise", 64, 64, 10, 4, 0, 0, 1, 10},
             {"less than a tile is a tile", 1, 1, 10, 4, 0, 0, 1, 10},
             // five tiles of 64 x 64 take two waves, 20 s; three of 128 x 64 cut into 12 parts take
             // three waves of 10/4 x 2
             {"three larger tiles, cut", 320, 64, 10, 1, 0, 0, 1, 16},
             {"five tiles by persistent kernels", 320, 64, 10, 1, 0, 0, 0, 12.5},
             {"half of the way between them: three in twelve again", 320, 64, 10, 1, 0, 0, 0.5, 16},
             {"each part pays its start: 10/4 + 2", 64, 64, 10, 1, 0, 2, 1, 5.5},
             {"eight tiles pay it in each wave", 512, 64, 10, 1, 0, 2, 1, 24},
             // a tile of b x b has a share of 1 / (1 + (128/b)^2): a fifth, a half, four fifths
             {"one of 256 x 256 in four parts", 256, 256, 10, 1, 64, 0, 1, 2.5 * 16 / 0.8 + 1},
             {"four of 256 x 256", 512, 512, 10, 1, 64, 0, 1, 10 * 16 / 0.8},
         }) {
        ChipRates chip = slow_chip();
        GemmKernel& kernel = chip.gemm[0];
        kernel.tile_traffic = w.traffic;
        kernel.depth_overhead = w.overhead;
        kernel.rounding = w.rounding;
        const Product p{.m = w.m, .n = w.n, .k = w.k, .count = w.count};
        EXPECT_NEAR(product_time(chip, p).si(), w.seconds, 1e-9) << w.how;
    }
}

TEST(Product, OfExpertsHasAShareAndAnOverheadOfItsOwn) {
    ChipRates chip = slow_chip();
    chip.grouped = {.share = 0.5, .depth_overhead = 3};
    Product p{.m = 64, .n = 64, .k = 10, .count = 8};
    EXPECT_NEAR(product_time(chip, p).si(), 20, 1e-9);
    p.grouped = true;
    EXPECT_NEAR(product_time(chip, p).si(), 2 * 2 * (10 + 3), 1e-9);
}

// Eight groups of a tile on four processors. Fused: two waves of 10. Two side by side: each pair
// takes half of the processors for 10, or is cut in two, 5 and a second to combine; four pairs are
// 24. Four side by side: 10, twice.
TEST(Product, OfAFrameworkIsACallAGroup) {
    ChipRates chip = slow_chip();
    Product p{.m = 64, .n = 64, .k = 10, .count = 8, .grouped = true};
    EXPECT_NEAR(product_time(chip, p).si(), 20, 1e-9);
    chip.grouped = {.share = 0.5, .depth_overhead = 3};  // of the fused kernel alone
    chip.grouped_calls = {.streams = 2};
    EXPECT_NEAR(product_time(chip, p).si(), 24, 1e-9);
    chip.grouped_calls.streams = 4;
    EXPECT_NEAR(product_time(chip, p).si(), 20, 1e-9);
    chip.grouped_calls.streams = 16;  // more than there are groups: all at once
    EXPECT_NEAR(product_time(chip, p).si(), 20, 1e-9);
    chip.grouped_calls.host = 5 * unit::s;  // the host is done with the last after 40
    EXPECT_NEAR(product_time(chip, p).si(), 40, 1e-9);
    p.grouped = false;
    EXPECT_NEAR(product_time(chip, p).si(), 20, 1e-9);
}

TEST(Product, HasTwoGradients) {
    const Product p{.m = 3, .n = 5, .k = 7, .count = 2, .grouped = true};
    const Product x = input_gradient(p);
    EXPECT_TRUE(x.m == 3 && x.n == 7 && x.k == 5 && x.count == 2 && x.grouped);
    EXPECT_EQ(x.output_bytes, 2);
    const Product w = weight_gradient(p, 4);
    EXPECT_TRUE(w.m == 5 && w.n == 7 && w.k == 3 && w.count == 2 && w.grouped);
    EXPECT_EQ(w.output_bytes, 8);  // read and written
    EXPECT_EQ(weight_gradient(p, 2).output_bytes, 4);
}

TEST(Product, WaitsForClockAndLaunch) {
    ChipRates chip = slow_chip();
    chip.sustained = 0.5;
    chip.gemm[0].sustained = 0.8;
    chip.launch = 7 * unit::s;
    EXPECT_NEAR(product_time(chip, {.m = 256, .n = 64, .k = 10}).si(), 7 + 10 / 0.4, 1e-9);
    const ChipRates burst = at_burst_clock(chip);
    EXPECT_NEAR(product_time(burst, {.m = 256, .n = 64, .k = 10}).si(), 7 + 10, 1e-9);
    chip.dense[0] = FlopRate{};
    EXPECT_EQ(product_time(chip, {.m = 64, .n = 64, .k = 1}).si(),
              std::numeric_limits<double>::infinity());
}

// Operands and outputs move once, in the bytes of their format; with compute that takes as long the
// knee says how much longer both are: 2^(1/knee).
TEST(Product, JoinsComputeAndMemory) {
    ChipRates chip = slow_chip();
    const double m = 256, n = 64, k = 10;
    const Product p{.m = m, .n = n, .k = k};
    const double moved = 2 * (m * k + n * k + m * n);
    chip.memory_share = 0.5;
    for (const double knee : {1.0, 2.0, 4.0, 40.0}) {
        chip.gemm[0].knee = knee;
        chip.memory_bandwidth = Bandwidth::from_si(moved / 10 / 0.5);
        EXPECT_NEAR(product_time(chip, p).si(), 10 * std::pow(2, 1 / knee), 1e-9) << knee;
        chip.memory_bandwidth = Bandwidth::from_si(moved / 1e6 / 0.5);
        EXPECT_NEAR(product_time(chip, p).si(), 1e6 + (knee == 1 ? 10 : 0), 1e-3) << knee;
    }
    chip.memory_bandwidth = Bandwidth::from_si(1);
    Product other = p;
    other.precision = Precision::fp8;
    other.output_bytes = 8;
    other.count = 3;
    const double memory = 3 * (m * k + n * k + 8 * m * n) / 0.5;
    EXPECT_NEAR(product_time(chip, other).si() / memory, 1, 1e-6);
}

TEST(Product, MoreWorkNeverTakesLess) {
    ChipRates chip = slow_chip();
    chip.gemm[0].tile_traffic = 40;
    chip.gemm[0].depth_overhead = 5;
    double before = 0;
    for (double m = 64; m <= 4096; m *= 2) {
        const double now = product_time(chip, {.m = m, .n = 512, .k = 100}).si();
        EXPECT_GE(now, before);
        // nor less than all processors take at their peak
        EXPECT_GE(now, 2 * m * 512 * 100 / chip.rate(Precision::bf16).si());
        before = now;
    }
}

TEST(Memory, KernelsMoveTheirBytesAtTheShareTheyReach) {
    ChipRates chip = slow_chip();
    chip.memory_bandwidth = unit::GBps;
    chip.memory_share = 0.8;
    chip.launch = 2 * unit::s;
    EXPECT_NEAR(memory_time(chip, 4 * unit::GB).si(), 2 + 5, 1e-12);
    EXPECT_EQ(memory_time(chip, Bytes{}), 2 * unit::s);
    chip.gemm[1].quantise = 1 * unit::s;
    chip.gemm[1].quantise_bytes = 4;
    EXPECT_NEAR(quantise_time(chip, Precision::fp8, 1e3, 1e6).si(), 1 + 4, 1e-12);
    EXPECT_EQ(quantise_time(chip, Precision::bf16, 1e3, 1e6), Seconds{});
}

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
    // four blocks a head pay an overhead of so many keys for their 128 queries
    const AttentionKernel late{.peak_share = 1, .block_overhead = 100};
    const double overhead = heads * widths * 4 * 128 * 100;
    EXPECT_NEAR(attention_time(chip, late, a, false).si() / (causal + overhead), 1, 1e-6);
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
    EXPECT_NEAR(attention_time(chip, whole, windowed, false).si() / (1e6 * block), 0.25, 1e-6);
}

TEST(Attention, NarrowAndWideHeadsHaveTheirRates) {
    const ChipRates chip = one_processor();
    const AttentionKernel kernel{.peak_share = 1, .narrow = 0.5, .wide = 0.25};
    for (const auto& [width, factor] : {std::pair{32.0, 0.5},
                                        {64.0, 0.5},
                                        {65.0, 1.0},
                                        {128.0, 1.0},
                                        {192.0, 0.25},
                                        {256.0, 0.25}}) {
        const Attention a{.qk_width = width, .v_width = 64, .queries = 512, .keys = 512};
        const AttentionKernel plain{.peak_share = 1};
        EXPECT_NEAR(attention_time(chip, plain, a, false) / attention_time(chip, kernel, a, false),
                    factor, 1e-12)
            << width;
    }
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

}  // namespace
}  // namespace millwright
