// Times of single kernels worked by hand: tiles, waves, splits and the join with memory.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "millwright/compute/kernels.h"

namespace millwright {
namespace TEST_FILE {

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
    chip.grouped.fill({.share = 0.5, .depth_overhead = 3});
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
    chip.grouped.fill({.share = 0.5, .depth_overhead = 3});  // of the fused kernel alone
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

}  // namespace TEST_FILE
}  // namespace millwright
