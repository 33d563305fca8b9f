// What a factory takes from parts of the catalog: hosts, makers, frameworks, kernel rates, fabrics
// by name and the faults of those that do not fit.
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
namespace {

const Catalog& small() {
    static const Catalog catalog = small_catalog();
    return catalog;
}

TEST(Hosts, ShareMemoryEquallyAndHaveALinkEach) {
    Server server = part_named(small().servers, "tray");
    const Chip& chip = part_named(small().chips, "cell");
    const Host host = host_of(small(), server, chip);
    EXPECT_EQ(host.memory.in(unit::GB), 200);
    EXPECT_EQ(host.bandwidth.in(unit::GBps), 50);
    EXPECT_EQ(host.link, part_named(small().links, chip.host_link).per_direction.value);
    // size and rate are stated together or there is none
    for (const bool size : {true, false}) {
        Server half = server;
        if (size)
            half.host_memory = {};
        else
            half.host_bandwidth = {};
        EXPECT_EQ(host_of(small(), half, chip).memory, Bytes{});
        EXPECT_EQ(host_of(small(), half, chip).link, Bandwidth{});
    }
}

TEST(Makers, OneEndOfALinkIsEnough) {
    Catalog mine = small();
    Server server = part_named(mine.servers, "tray");
    Chip chip = part_named(mine.chips, "cell");
    EXPECT_EQ(vendor_missing(mine, server, chip), "");
    for (Link& link : mine.links) {
        if (link.id == "beam") link.requires_vendor = "Acme";
    }
    EXPECT_TRUE(contains(vendor_missing(mine, server, chip),
                         "beam in full joins parts of other "
                         "makers to one of Acme at least"));
    server.processor_vendor = "Acme";
    EXPECT_EQ(vendor_missing(mine, server, chip), "");
    server.processor_vendor = "";
    chip.vendor = "Acme";
    EXPECT_EQ(vendor_missing(mine, server, chip), "");
}

TEST(Makers, HaveTheFirstFrameworkThatListsThem) {
    Catalog mine = small();
    Chip chip = part_named(mine.chips, "cell");
    chip.vendor = "Acme";
    EXPECT_EQ(framework_for(mine, chip).id, default_framework);
    mine.frameworks.front().vendors.push_back("Acme");
    mine.frameworks.back().vendors.push_back("Acme");
    EXPECT_EQ(framework_for(mine, chip).id, mine.frameworks.front().id);
}

TEST(Factories, SayWhatOfAChipIsNotPublished) {
    const auto cannot = [](auto change) {
        Catalog mine = small();
        change(mine.chips.back());
        return resolve_factory(mine, part_named(mine.servers, "tray"),
                               part_named(mine.fabrics, "plain"), 64, {})
            .cannot;
    };
    EXPECT_EQ(cannot([](Chip&) {}), "");
    EXPECT_EQ(cannot([](Chip& c) { c.bf16 = {}; }), "the dense BF16 rate of Cell is not published");
    EXPECT_EQ(cannot([](Chip& c) { c.memory_capacity = {}; }),
              "the memory of Cell is not published");
    EXPECT_EQ(cannot([](Chip& c) { c.memory_bandwidth = {}; }),
              "the memory bandwidth of Cell is not published");
}

// --- kernel rates --------------------------------------------------------------------------

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
    EXPECT_DOUBLE_EQ(r.grouped.share, 0.7);
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

TEST(Collectives, RingsStandInForExchangesAndSwitchesReduceWhereTheyWereMeasuredSo) {
    CollectiveFamily family;
    family.base.value = 3 * unit::us;
    family.ring = {{{1, 2}, {0.5, 0.5}}, SourceId(0)};
    Channel channel;
    use_collectives(family, true, channel);
    EXPECT_EQ(channel.base.in(unit::us), 3);
    EXPECT_EQ(channel.all_to_all.y, family.ring.value.y);
    EXPECT_TRUE(channel.reduced.empty());
    family.all_to_all = {{{1, 2}, {0.1, 0.1}}, SourceId(0)};
    family.reduced = {{{1, 2}, {0.9, 0.9}}, SourceId(0)};
    use_collectives(family, false, channel);
    EXPECT_EQ(channel.all_to_all.y, family.all_to_all.value.y);
    EXPECT_TRUE(channel.reduced.empty());
    use_collectives(family, true, channel);
    EXPECT_EQ(channel.reduced.y, family.reduced.value.y);
}

// --- fabrics by name -----------------------------------------------------------------------

TEST(FabricSources, ANameOfTheCatalogGoesBeforeATopologyAndAFile) {
    Catalog mine = small();
    const auto torus = fabric_source(mine, "tpu-v4-pod", {});
    ASSERT_TRUE(torus);
    EXPECT_TRUE(torus->shape);
    EXPECT_EQ(torus->part.oversubscription.value, 1);
    mine.fabrics.push_back({.id = "tpu-v4-pod", .name = "mine"});
    mine.fabrics.push_back({.id = "odd.toml", .name = "odd"});
    EXPECT_EQ(fabric_source(mine, "tpu-v4-pod", {})->part.name, "mine");
    EXPECT_EQ(fabric_source(mine, "odd.toml", {})->part.name, "odd");
}

TEST(FabricSources, AFileStandsBesideTheFileThatNamesIt) {
    const TestFolder own;
    own.put("f.toml", "port = \"10 GB/s\"\nhop = \"1 us\"\n[[tier]]\nwidth = 4\n");
    const std::filesystem::path& folder = own.path;
    const auto found = fabric_source(small(), "f.toml", {(folder / "s.toml").string(), 3, 1});
    ASSERT_TRUE(found) << to_text(found.error());
    EXPECT_EQ(found->part.id, "f.toml");
    EXPECT_EQ(capacity_of(*found->shape), 4);
    const auto lost = fabric_source(small(), "g.toml", {(folder / "s.toml").string(), 3, 1});
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error()[0].at.file, "g.toml");  // as it was written: it is nowhere
}

TEST(FabricSources, AnUnknownNameIsAnsweredWithNames) {
    const auto wrong = fabric_source(small(), "rail-fat-treee", {"s.toml", 7, 2});
    ASSERT_FALSE(wrong);
    const std::string told = to_text(wrong.error());
    EXPECT_TRUE(contains(told, "s.toml:7:2: error: no fabric 'rail-fat-treee'")) << told;
    EXPECT_TRUE(contains(told, "did you mean 'rail-fat-tree'")) << told;
    EXPECT_TRUE(contains(told, "dragonfly-plus")) << told;
    EXPECT_TRUE(contains(to_text(fabric_source(small(), "cables.csv", {}).error()),
                         "a list of cables is for `collective`"));
}

FabricSource own_fabric(std::uint32_t width, std::uint32_t domain = 1) {
    FabricShape shape{.name = "own"};
    shape.tree.tiers = {{width, 1, 10.0 * unit::GBps, 1.0 * unit::us}};
    shape.domain.endpoints = shape.domain.ports = domain;
    return {"own", shape};
}

TEST(FabricFaults, AreOfShapesThatHoldTooFewChips) {
    const Server& server = part_named(small().servers, "tray");  // one port for eight chips
    const auto told = [&](const FabricSource& fabric, double chips) {
        return to_text(fabric_faults(fabric, server, chips, {"s.toml", 1, 1}));
    };
    EXPECT_EQ(told(own_fabric(4), 32), "");
    EXPECT_TRUE(contains(told(own_fabric(4), 33),
                         "the fabric own holds 32 chips of tray, fewer "
                         "than 33"));
    EXPECT_EQ(told(own_fabric(64, 8), 64), "");
    EXPECT_TRUE(contains(told(own_fabric(64, 4), 64),
                         "is of scale-up domains of 4 chips, those of "
                         "tray have 8"));
    // trees of the catalog are made for the number of chips
    EXPECT_EQ(told(part_named(small().fabrics, "plain"), 1e7), "");
}

TEST(LinkFaults, AreOfLinksThatTheFabricDoesNotHave) {
    const Server& server = part_named(small().servers, "tray");
    const auto told = [&](const std::string& name, double share) {
        FabricSource fabric = own_fabric(4);
        fabric.shape->degraded = {{name, share}};
        return to_text(link_faults(resolve_factory(small(), server, fabric, 32, {}), {"s.toml"}));
    };
    const std::string unknown = told("no such link", 0.5);
    EXPECT_TRUE(contains(unknown, "no link 'no such link' in the fabric own of 32 chips of tray"));
    EXPECT_TRUE(contains(unknown, "links are named like '")) << unknown;
    Factory sound = resolve_factory(small(), server, own_fabric(4), 32, {});
    EXPECT_TRUE(link_faults(sound, {}).empty());
}

TEST(OwnShapes, TellWhatIsNotPricedAndWhatIsFasterThanCards) {
    const Server& server = part_named(small().servers, "tray");
    // no box of the catalog has 999 such ports; links of 10 GB/s are as fast as the cards
    const Factory wide = resolve_factory(small(), server, own_fabric(999), 64, {});
    EXPECT_EQ(wide.bill.switches, 0);
    EXPECT_EQ(wide.bill.transceivers, 16);
    ASSERT_EQ(wide.notes.size(), 1U);
    EXPECT_TRUE(contains(wide.notes[0], "1 switches of the fabric own are not priced"));
    FabricSource fast = own_fabric(8);
    fast.shape->tree.tiers[0].port = 20.0 * unit::GBps;
    const Factory quick = resolve_factory(small(), server, fast, 64, {});
    EXPECT_EQ(quick.bill.switches, 1);
    EXPECT_EQ(quick.bill.switch_price.in(unit::USD), 160);  // the box of eight ports
    ASSERT_EQ(quick.notes.size(), 1U);
    EXPECT_TRUE(contains(quick.notes[0],
                         "gives a chip 2.5 GB/s outside its domain, the cards of "
                         "tray 1.25 GB/s"))
        << quick.notes[0];
}

}  // namespace
}  // namespace millwright
