// Bands by hand: which one a prediction carries, and how the distance from what was measured widens
// it.
#include "millwright/catalog/bands.h"

#include <gtest/gtest.h>

#include <cmath>

namespace millwright {
namespace {

Band band(const std::string& id, double low, double high) {
    Band b{.id = id, .name = id};
    b.low.value = low;
    b.high.value = high;
    return b;
}

/// A measured family with its chip, a sister of other figures, and a family that is like it.
Catalog small() {
    Catalog c;
    const auto chip = [](const char* id, const char* family, double tflops, double processors) {
        Chip made{.id = id, .name = id, .generation = family};
        made.bf16 = {tflops * unit::TFLOPS, SourceId(0)};
        made.processors = {processors, SourceId(0)};
        return made;
    };
    c.chips = {chip("measured", "own", 1000, 100), chip("twin", "own", 1019, 99),
               chip("faster", "own", 1021, 100), chip("wider", "own", 1000, 103),
               chip("other", "foreign", 1000, 100)};
    c.kernels = {KernelFamily{.id = "own", .name = "own", .measured_on = "measured"},
                 KernelFamily{.id = "foreign", .name = "foreign", .like = "own"}};
    c.bands = {band("time-x", 0.9, 1.1), band("time-other", 0.7, 1.4), band("memory-other", 0.8, 1),
               band("chip-sister", 0.95, 1.05), band("chip-foreign", 0.5, 2)};
    return c;
}

TEST(BandsByHand, NearnessIsOfFiguresNotOfNames) {
    const Catalog c = small();
    const auto nearness = [&](const char* id) { return nearness_of(c, part_named(c.chips, id)); };
    EXPECT_EQ(nearness("measured"), Nearness::measured);
    EXPECT_EQ(nearness("twin"), Nearness::measured);  // within two in a hundred
    EXPECT_EQ(nearness("faster"), Nearness::sister);
    EXPECT_EQ(nearness("wider"), Nearness::sister);
    EXPECT_EQ(nearness("other"), Nearness::foreign);
}

TEST(BandsByHand, SpreadsAddInSquaresOfLogarithms) {
    const Catalog c = small();
    const auto interval = [&](const char* kind, const char* detail, const char* id) {
        return interval_of(c, kind, detail, part_named(c.chips, id));
    };
    EXPECT_EQ(interval("time", "x", "measured").low, 0.9);
    EXPECT_EQ(interval("time", "x", "measured").high, 1.1);
    EXPECT_EQ(interval("time", "y", "measured").low, 0.7);
    const Interval sister = interval("time", "x", "faster");
    EXPECT_NEAR(std::log(sister.low),
                -std::sqrt(std::pow(std::log(0.9), 2) + std::pow(std::log(0.95), 2)), 1e-12);
    EXPECT_NEAR(std::log(sister.high),
                std::sqrt(std::pow(std::log(1.1), 2) + std::pow(std::log(1.05), 2)), 1e-12);
    const Interval foreign = interval("time", "x", "other");
    EXPECT_LT(foreign.low, 0.5);
    EXPECT_GT(foreign.high, 2);
    // memory is of the recipe: no chip widens it
    EXPECT_EQ(interval("memory", "x", "other").low, 0.8);
    EXPECT_EQ(interval("memory", "x", "other").high, 1);
}

TEST(BandsByHand, ARateHasTheIntervalTurnedRound) {
    const Interval rate = inverse({0.8, 1.6});
    EXPECT_DOUBLE_EQ(rate.low, 0.625);
    EXPECT_DOUBLE_EQ(rate.high, 1.25);
}

}  // namespace
}  // namespace millwright
