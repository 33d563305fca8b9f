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
namespace TEST_FILE {

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

}  // namespace TEST_FILE
}  // namespace millwright
