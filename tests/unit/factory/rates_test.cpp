// Rates of kernels, by hand: of families measured and not, and clocks under a power limit.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "millwright/base/text.h"
#include "millwright/fabric/topology.h"
#include "millwright/factory/factory_links.h"
#include "millwright/factory/link_faults.h"
#include "millwright/factory/resolve.h"
#include "tests/folder.h"
#include "tests/unit/factory/small_catalog.h"

namespace millwright {
namespace TEST_FILE {

/// A family measured on a chip of 1000 TFLOPS and 100 processors, and one that is like it.
Catalog with_families() {
    Catalog c = small_catalog();
    Chip chip = part_named(c.chips, "cell");
    chip.id = chip.name = "measured";
    chip.generation = "own";
    chip.bf16.value = 1000 * unit::TFLOPS;
    chip.processors = {100, SourceId(0)};
    chip.power.value = 500 * unit::W;
    c.chips.push_back(chip);
    KernelFamily own{.id = "own", .name = "own", .measured_on = "measured"};
    own.processors = {100, SourceId(0)};
    own.launch = {2.0 * unit::us, SourceId(0)};
    own.sustained = {0.8, SourceId(0)};
    own.memory_share = {0.9, SourceId(0)};
    own.bf16.peak_share = {0.5, SourceId(0)};
    own.bf16.tile_traffic = {10, SourceId(0)};
    own.bf16.depth_overhead = {40, SourceId(0)};
    own.bf16.knee = {3, SourceId(0)};
    own.fp8 = own.bf16;
    own.fp8.sustained = {0.4, SourceId(0)};
    own.grouped.share = {0.7, SourceId(0)};
    own.flash_attention_2.peak_share = {0.6, SourceId(0)};
    c.kernels.push_back(own);
    KernelFamily like{.id = "alike", .name = "alike", .like = "own"};
    like.scale = {0.5, SourceId(0)};
    like.launch = {7.0 * unit::us, SourceId(0)};
    c.kernels.push_back(like);
    return c;
}

ChipRates rates(const Catalog& c, auto change) {
    Chip chip = part_named(c.chips, "measured");
    change(chip);
    return resolve_rates(c, chip);
}

/// Softmax by processors in the family that was measured, by the balance with products in one that
/// is like it; a chip may state its own.
TEST(Rates, OfSoftmaxAreOfProcessorsOrOfTheBalance) {
    Catalog c = with_families();
    c.kernels[c.kernels.size() - 2].exponentials = {0.03 * unit::TFLOPS, SourceId(0)};
    const auto exponentials = [&](auto change) {
        return rates(c, change).exponentials.in(unit::TFLOPS);
    };
    EXPECT_NEAR(exponentials([](Chip&) {}), 3, 1e-12);
    EXPECT_NEAR(exponentials([](Chip& chip) { chip.processors.value = 50; }), 1.5, 1e-12);
    EXPECT_NEAR(exponentials([](Chip& chip) {
                    chip.generation = "alike";
                    chip.processors.value = 8;
                    chip.bf16.value = 500 * unit::TFLOPS;
                }),
                1.5, 1e-12);
    EXPECT_NEAR(exponentials([](Chip& chip) {
                    chip.exponentials = {7 * unit::TFLOPS, SourceId(0)};
                }),
                7, 1e-12);
}

/// How a cache is cut is software: that of the same maker goes with a family that stands in.
TEST(Rates, PartsOfCachesAreThoseOfTheSameMaker) {
    Catalog c = with_families();
    KernelFamily& own = c.kernels[c.kernels.size() - 2];
    own.decode.memory_share = {0.9, SourceId(0)};
    own.decode.peak_share = {0.2, SourceId(0)};
    own.decode.parts = {1, SourceId(0)};
    const ChipRates alike = rates(c, [](Chip& chip) { chip.generation = "alike"; });
    EXPECT_EQ(alike.decode.parts, 1);
    const ChipRates foreign = rates(c, [](Chip& chip) {
        chip.generation = "alike";
        chip.vendor = "another maker";
    });
    EXPECT_EQ(foreign.decode.parts, 0);
    EXPECT_EQ(foreign.decode.memory_share, alike.decode.memory_share);
}

/// Where nothing was measured the least share of a measured family stands in.
TEST(Rates, OfCachesAreNoBetterThanTheLeastMeasured) {
    Catalog c = with_families();
    KernelFamily& own = c.kernels[c.kernels.size() - 2];
    own.decode.memory_share = {0.9, SourceId(0)};
    own.decode.peak_share = {0.2, SourceId(0)};
    own.decode.start = {5 * unit::us, SourceId(0)};
    own.delta.share = {0.1, SourceId(0)};
    KernelFamily other = own;
    other.id = "other";
    other.decode.memory_share.value = 0.7;
    other.delta.share.value = 0.05;
    c.kernels.push_back(other);
    const ChipRates measured = rates(c, [](Chip&) {});
    EXPECT_EQ(measured.decode.memory_share, 0.9);
    EXPECT_EQ(measured.delta.share, 0.1);
    const ChipRates alike = rates(c, [](Chip& chip) { chip.generation = "alike"; });
    EXPECT_EQ(alike.decode.memory_share, 0.7);
    EXPECT_EQ(alike.decode.peak_share, 0.2);
    EXPECT_EQ(alike.decode.start, 5 * unit::us);
    EXPECT_EQ(alike.delta.share, 0.05);
}

TEST(Rates, OfTheMeasuredChipAreThoseOfItsFamily) {
    const Catalog c = with_families();
    const ChipRates r = rates(c, [](Chip&) {});
    EXPECT_EQ(r.rate(Precision::bf16).in(unit::TFLOPS), 1000);
    EXPECT_DOUBLE_EQ(r.kernel(Precision::bf16).peak_share, 0.5);
    EXPECT_DOUBLE_EQ(r.kernel(Precision::bf16).tile_traffic, 10);
    EXPECT_EQ(r.kernel(Precision::bf16).knee, 3);
    EXPECT_EQ(r.processors, 100);
    EXPECT_EQ(r.launch.in(unit::us), 2);
    EXPECT_DOUBLE_EQ(r.sustained, 0.8);
    EXPECT_EQ(r.power_limited, 1);
    // the model multiplies by the family's: 0.8 x 0.5 is the 0.4 of the file
    EXPECT_DOUBLE_EQ(r.kernel(Precision::fp8).sustained, 0.5);
    EXPECT_EQ(r.kernel(Precision::bf16).sustained, 1);
    // no kernels of a format: no rate, whatever the sheet says
    EXPECT_EQ(r.kernel(Precision::fp4).peak_share, 0);
    EXPECT_EQ(r.rate(Precision::fp4), FlopRate{});
    EXPECT_EQ(r.rate(Precision::fp8_block), FlopRate{});
    // attention by the common release where no faster one was measured
    EXPECT_DOUBLE_EQ(r.attention.peak_share, 0.6);
}

/// A processor at half the rate does its arithmetic in twice the time and loses as much time beside
/// it as before: 1/s - 1 = 1 of the arithmetic becomes a half, and s = 1 / 1.5.
TEST(Rates, WhatIsLostBesideTheArithmeticKeepsItsTime) {
    const Catalog c = with_families();
    const ChipRates slow = rates(c, [](Chip& chip) { chip.bf16.value = 500 * unit::TFLOPS; });
    EXPECT_DOUBLE_EQ(slow.kernel(Precision::bf16).peak_share, 1 / 1.5);
    EXPECT_DOUBLE_EQ(slow.kernel(Precision::bf16).tile_traffic, 5);
    EXPECT_DOUBLE_EQ(slow.kernel(Precision::bf16).depth_overhead, 20);
    EXPECT_DOUBLE_EQ(slow.attention.peak_share, 1 / (1 + (1 / 0.6 - 1) / 2));
    // a faster processor brings caches to match, a wider chip is no faster one
    const ChipRates fast = rates(c, [](Chip& chip) { chip.bf16.value = 2000 * unit::TFLOPS; });
    EXPECT_DOUBLE_EQ(fast.kernel(Precision::bf16).peak_share, 0.5);
    const ChipRates wide = rates(c, [](Chip& chip) {
        chip.bf16.value = 2000 * unit::TFLOPS;
        chip.processors = {200, SourceId(0)};
        chip.power.value = 1000 * unit::W;
    });
    EXPECT_DOUBLE_EQ(wide.kernel(Precision::bf16).peak_share, 0.5);
    EXPECT_EQ(wide.processors, 200);
}

TEST(Rates, ProcessorsThatNobodyPrintsGoByTheRate) {
    const Catalog c = with_families();
    const ChipRates r = rates(c, [](Chip& chip) {
        chip.processors = {};
        chip.bf16.value = 255 * unit::TFLOPS;
    });
    EXPECT_EQ(r.processors, 26);  // 25.5, rounded
    const ChipRates none = rates(c, [](Chip& chip) { chip.processors = {}, chip.bf16 = {}; });
    EXPECT_EQ(none.processors, 100);
}

TEST(Rates, OfAStandInAreScaledAndItsOwnFiguresGoFirst) {
    const Catalog c = with_families();
    const ChipRates r = rates(c, [](Chip& chip) { chip.generation = "alike"; });
    EXPECT_DOUBLE_EQ(r.kernel(Precision::bf16).peak_share, 0.25);
    EXPECT_DOUBLE_EQ(r.attention.peak_share, 0.3);
    EXPECT_EQ(r.launch.in(unit::us), 7);
    EXPECT_DOUBLE_EQ(r.memory_share, 0.9);
    EXPECT_DOUBLE_EQ(r.group(Precision::bf16, false).share, 0.7);
    // no chip of its own was measured, against which a power limit could be held
    EXPECT_EQ(r.power_limited, 1);
}

/// Power grows with the square of the clock: a quarter of the power leaves half of the clock.
TEST(Rates, APowerLimitSlowsTheClockByItsRoot) {
    const Catalog c = with_families();
    const ChipRates r = rates(c, [](Chip& chip) { chip.power.value = 125 * unit::W; });
    EXPECT_DOUBLE_EQ(r.power_limited, 0.5);
    EXPECT_DOUBLE_EQ(r.sustained, 0.4);
    EXPECT_EQ(rates(c, [](Chip& chip) { chip.power.value = 900 * unit::W; }).power_limited, 1);
    EXPECT_EQ(rates(c, [](Chip& chip) { chip.power = {}; }).power_limited, 1);
}

/// At full clock the measured chip, at 500 W, would draw twice its limit, so it holds the root of a
/// half. A chip with 1,000 W holds all of its clock, 1.41 times the measured one's, and no more.
TEST(Rates, MorePowerGivesBackTheClockThatTheMeasuredChipLost) {
    Catalog c = with_families();
    KernelFamily& own = c.kernels[c.kernels.size() - 2];
    own.draw = {2, SourceId(0)};
    const auto with = [&](double watts) {
        return rates(c, [&](Chip& chip) { chip.power.value = watts * unit::W; });
    };
    // bursts were not held back: no more clock there, and long runs end at it
    EXPECT_EQ(with(1000).power_limited, 1);
    EXPECT_DOUBLE_EQ(with(500).sustained, 0.8);
    EXPECT_DOUBLE_EQ(with(605).sustained, 0.8 * 1.1);
    EXPECT_DOUBLE_EQ(with(1000).sustained, 1);
    own.burst_draw = {2, SourceId(0)};
    EXPECT_DOUBLE_EQ(with(605).power_limited, 1.1);
    EXPECT_DOUBLE_EQ(with(5000).power_limited, std::sqrt(2));
    // shares of 0.8 leave a quarter
    own.bf16.peak_share = {0.8, SourceId(0)};
    EXPECT_DOUBLE_EQ(with(5000).power_limited, 1.25);
    // less than it may draw costs nothing until it binds
    own.draw = own.burst_draw = {0.81, SourceId(0)};
    EXPECT_DOUBLE_EQ(with(500 * 0.81).power_limited, 1);
    EXPECT_DOUBLE_EQ(with(500 * 0.2025).power_limited, 0.5);
}

TEST(Rates, OfAStandInAreAtTheClockOfTheChipThatItNames) {
    Catalog c = with_families();
    KernelFamily& alike = c.kernels.back();
    alike.draw = alike.burst_draw = {1, SourceId(0)};
    alike.draw_of = "measured";
    const ChipRates r = rates(c, [](Chip& chip) {
        chip.generation = "alike";
        chip.power.value = 125 * unit::W;
    });
    EXPECT_DOUBLE_EQ(r.power_limited, 0.5);
}

/// 2,000 TFLOPS where BF16 has 1,000 on the measured chip: three times as many on a sister with the
/// same BF16 are not fed.
TEST(Rates, OfAFormatGrowWithBf16) {
    Catalog c = with_families();
    const auto own = [](const Catalog& catalog, double tflops) {
        return rates(catalog,
                     [&](Chip& chip) {
                         chip.fp8 = {tflops * unit::TFLOPS, SourceId(0)};
                     })
            .rate(Precision::fp8)
            .in(unit::TFLOPS);
    };
    c.chips.back().fp8 = {2000 * unit::TFLOPS, SourceId(0)};
    EXPECT_DOUBLE_EQ(own(c, 3000), 2000);
    EXPECT_DOUBLE_EQ(own(c, 1500), 1500);
    c.chips.back().fp8 = {};
    EXPECT_DOUBLE_EQ(own(c, 3000), 3000);
}

}  // namespace TEST_FILE
}  // namespace millwright
