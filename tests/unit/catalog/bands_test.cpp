// Bands by hand: which one a prediction carries, and how the distance from what was measured widens
// it.
#include "millwright/catalog/bands.h"

#include <gtest/gtest.h>

#include <cmath>

namespace millwright {
namespace TEST_FILE {

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
    c.bands = {band("time-x", 0.9, 1.1),        band("time-other", 0.7, 1.4),
               band("memory-other", 0.8, 1),    band("chip-sister", 0.95, 1.05),
               band("chip-foreign", 0.5, 2),    band("sequence-beyond", 0.9, 1.2),
               band("scale-beyond", 0.95, 1.1), band("time-experts", 0.6, 1.6)};
    c.bands.front().tokens.value = 4096;
    c.bands.front().chips.value = 512;
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
    // what widens a kind of its own goes before what widens all
    Catalog own = c;
    own.bands.push_back(band("chip-foreign-time", 0.8, 1.2));
    EXPECT_GT(interval_of(own, "time", "x", Nearness::foreign).low, 0.75);
    EXPECT_EQ(interval_of(own, "time", "x", Nearness::measured).low, 0.9);
    // memory is of the recipe: no chip widens it
    EXPECT_EQ(interval("memory", "x", "other").low, 0.8);
    EXPECT_EQ(interval("memory", "x", "other").high, 1);
}

// Each doubling beyond what a band was learnt at is a spread of its own, all of one kind together.
TEST(BandsByHand, ACaseBeyondTheResidualsIsLessCertain) {
    const Catalog c = small();
    const Chip& chip = part_named(c.chips, "measured");
    const auto high = [&](double tokens, double chips) {
        return std::log(interval_of(c, "time", "x", chip, {tokens, chips}).high);
    };
    const double own = std::log(1.1);
    EXPECT_DOUBLE_EQ(high(4096, 512), own);
    EXPECT_DOUBLE_EQ(high(0, 0), own);
    EXPECT_NEAR(high(16384, 0), std::hypot(own, 2 * std::log(1.2)), 1e-12);
    EXPECT_NEAR(high(0, 1024), std::hypot(own, std::log(1.1)), 1e-12);
    EXPECT_NEAR(high(8192, 2048), std::hypot(std::hypot(own, std::log(1.2)), 2 * std::log(1.1)),
                1e-12);
    // a band that does not say how far it was learnt is not widened
    EXPECT_EQ(interval_of(c, "time", "y", chip, {1e6, 1e6}).high, 1.4);
}

TEST(BandsByHand, AReleaseWithoutResidualsTakesThoseOfLikeModels) {
    const Catalog c = small();
    const Chip& chip = part_named(c.chips, "measured");
    EXPECT_EQ(interval_of(c, "time", "y-experts", chip).high, 1.6);
    EXPECT_EQ(interval_of(c, "time", "y-hybrid", chip).high, 1.4);  // none such: all
    EXPECT_EQ(interval_of(c, "memory", "y-experts", chip).low, 0.8);
}

TEST(BandsByHand, KindsOfModelsAreToldByTheirLayers) {
    Model m;
    EXPECT_EQ(band_detail("f", m), "f");
    m.experts.value = 8;
    EXPECT_EQ(band_detail("f", m), "f-experts");
    m.own_layers.resize(2);
    EXPECT_EQ(band_detail("f", m), "f-experts");
    m.own_layers[1].mixer.kind = MixerKind::mamba2;
    EXPECT_EQ(band_detail("f", m), "f-hybrid");
}

TEST(BandsByHand, OnlyChipsNeverMeasuredSaySo) {
    const Catalog c = small();
    EXPECT_EQ(unmeasured_text(c, part_named(c.chips, "faster")), "");
    EXPECT_EQ(unmeasured_text(c, part_named(c.chips, "other")),
              "kernels of other were never measured: taken as like those of own");
    EXPECT_EQ(foreign_band(c).high, 2);
}

TEST(BandsByHand, ARateHasTheIntervalTurnedRound) {
    const Interval rate = inverse({0.8, 1.6});
    EXPECT_DOUBLE_EQ(rate.low, 0.625);
    EXPECT_DOUBLE_EQ(rate.high, 1.25);
}

}  // namespace TEST_FILE
}  // namespace millwright
