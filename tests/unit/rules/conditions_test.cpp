// Conditions and figures, worked by hand: limits, intervals, readings.
#include <cmath>
#include <limits>

#include "millwright/base/units.h"
#include "tests/unit/rules/invented.h"

namespace millwright {
namespace TEST_FILE {

// At the limit inclusive comparisons hold; an interval on both sides of it leaves them open.
TEST(ConditionByHand, IntervalsAgainstALimit) {
    const auto told = [](Figure value) {
        ChipFacts chip;
        chip.dram = value;
        std::string text;
        for (const Comparison c :
             {Comparison::at_least, Comparison::above, Comparison::below, Comparison::at_most}) {
            text += "n?y"[static_cast<int>(holds({Metric::dram, c, 10}, chip, {}, {}))];
        }
        return text;
    };
    EXPECT_EQ(told(exactly(10)), "ynny");
    EXPECT_EQ(told(exactly(9.999)), "nnyy");
    EXPECT_EQ(told(exactly(10.001)), "yynn");
    EXPECT_EQ(told({5, 15}), "????");
    EXPECT_EQ(told({10, 15}), "y?n?");
    EXPECT_EQ(told({5, 10}), "?n?y");
    EXPECT_EQ(told({}), "????");
    EXPECT_EQ(told({11, std::numeric_limits<double>::infinity()}), "yynn");
}

// 1600 of 500 mm2 is 3.2 to the last bit, whatever a division makes of it; a planar part has none.
TEST(ConditionByHand, DensityIsComparedWithoutDividing) {
    const auto told = [](double tpp, double area, double limit) {
        ChipFacts chip;
        chip.tpp = exactly(tpp);
        chip.area = exactly(area);
        return holds(at_least(Metric::density, limit), chip, {}, {});
    };
    for (int i = 1; i < 400; ++i) {
        const double area = i * 0.5;
        EXPECT_EQ(told(5.92 * area * (1 + 1e-9), area, 5.92), Truth::yes);
        EXPECT_EQ(told(5.92 * area * (1 - 1e-9), area, 5.92), Truth::no);
    }
    EXPECT_EQ(told(1600, 500, 3.2), Truth::yes);
    EXPECT_EQ(told(1599, 500, 3.2), Truth::no);
    ChipFacts planar;
    planar.tpp = exactly(1e6);
    planar.planar = true;
    EXPECT_EQ(holds(at_least(Metric::density, 0.1), planar, {}, {}), Truth::no);
    ChipFacts open;
    open.tpp = exactly(1e6);
    EXPECT_EQ(holds(at_least(Metric::density, 0.1), open, {}, {}), Truth::unknown);
}

TEST(ConditionByHand, WhatIsSparedIsAnyOfTheLeftOut) {
    Requirement r;
    r.unless = {{{at_least(Metric::tpp, 100), at_least(Metric::dram, 50)}},
                {{at_least(Metric::io, 7)}}};
    const auto told = [&](Figure tpp, Figure dram, Figure io) {
        ChipFacts chip;
        chip.tpp = tpp;
        chip.dram = dram;
        chip.io = io;
        return spared(r, chip, {}, {});
    };
    EXPECT_EQ(told(exactly(100), exactly(50), exactly(0)), Truth::yes);
    EXPECT_EQ(told(exactly(100), exactly(49), exactly(0)), Truth::no);
    EXPECT_EQ(told(exactly(0), exactly(0), exactly(7)), Truth::yes);
    EXPECT_EQ(told(exactly(100), {}, exactly(0)), Truth::unknown);
    EXPECT_EQ(told(exactly(99), {}, exactly(0)), Truth::no);  // whatever the memory
    EXPECT_EQ(told({}, {}, exactly(7)), Truth::yes);
    EXPECT_EQ(spared({}, {}, {}, {}), Truth::no);
}

// A deal of 16 packages is 16 packages, be the part a package, half of it, or a board of eight.
TEST(Quantities, CountPackagesUnderEveryReading) {
    Chip chip;
    chip.bf16 = {1000 * unit::TFLOPS, SourceId(0)};
    chip.fp32 = {60 * unit::TFLOPS, SourceId(0)};
    chip.fp64 = {30 * unit::TFLOPS, SourceId(0)};
    chip.dies = {2, SourceId(0)};
    Party party;
    party.quantity = 16;
    party.hall_m3 = 1000;
    const Volume volume = 500 * unit::m3;
    for (const Readings& r : {Readings{}, Readings{.per_die = true}, Readings{.per_board = true},
                              Readings{.per_die = true, .per_board = true}}) {
        const ChipFacts facts = facts_of(chip, {}, r, 8);
        const double level = (r.per_board ? 8 : 1) / (r.per_die ? 2.0 : 1);
        EXPECT_NEAR(facts.tpp.low, 16'000 * level, 1e-6);
        EXPECT_NEAR(value_of(Metric::total_tpp, facts, party, volume).low, 256'000, 1e-6);
        EXPECT_NEAR(value_of(Metric::fp64_in_volume, facts, party, volume).low, 0.24, 1e-9);
        EXPECT_NEAR(value_of(Metric::fp32_in_volume, facts, party, volume).high, 0.48, 1e-9);
    }
}

// 989.5 dense TFLOPS of 16 bits, 1979 of 8: 15,832 both. Links count both directions.
TEST(Facts, OfAPublishedChip) {
    Chip chip;
    chip.bf16 = {989.5 * unit::TFLOPS, SourceId(0)};
    chip.fp8 = {1979 * unit::TFLOPS, SourceId(0)};
    chip.applicable_area = {814 * unit::mm2, SourceId(0)};
    chip.memory_bandwidth = {3350 * unit::GBps, SourceId(0)};
    chip.scale_up_link = "NVLink";
    chip.scale_up_per_direction = {450 * unit::GBps, SourceId(0)};
    const ChipFacts f = facts_of(chip, 64 * unit::GBps);
    EXPECT_NEAR(f.tpp.low, 15832, 1e-9);
    EXPECT_NEAR(performance_density(f).low, 15832 / 814.0, 1e-9);
    EXPECT_NEAR(f.dram.low, 3350, 1e-9);
    EXPECT_NEAR(f.io.low, 2 * (450 + 64), 1e-9);
    // nobody said how fast FP32 is: no faster than BF16, and FP64 no faster than that
    EXPECT_EQ(f.fp32.low, 0);
    EXPECT_NEAR(f.fp64.high, 989.5, 1e-9);
    chip.scale_up_per_direction = {};
    EXPECT_FALSE(facts_of(chip, 64 * unit::GBps).io.known());
    EXPECT_NEAR(facts_of(chip, 64 * unit::GBps).io.low, 128, 1e-9);
    EXPECT_FALSE(facts_of({}, {}).tpp.known());
}

}  // namespace TEST_FILE
}  // namespace millwright
