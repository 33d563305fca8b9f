// Servers of round numbers as fabrics: how chips of a domain are joined, how many ports, planes,
// switches and cables there are, each worked out by hand.
#include "millwright/factory/factory_shape.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"
#include "tests/unit/factory/small_catalog.h"

namespace millwright {
namespace TEST_FILE {

const Catalog& small() {
    static const Catalog catalog = small_catalog();
    return catalog;
}

Server tray(double nics = 1) {
    Server server = part_named(small().servers, "tray");
    server.nics.value = nics;
    return server;
}

FactoryShape shape_of(const Server& server, const char* fabric, double chips) {
    return factory_shape(small(), server, part_named(small().fabrics, fabric), chips);
}

Factory factory_of(const Server& server, const char* fabric, double chips,
                   const std::vector<std::int64_t>& compounds = {}) {
    return resolve_factory(small(), server, part_named(small().fabrics, fabric), chips, compounds);
}

TEST(Domains, OfASwitchHaveHalfOfTheLatencyInAndHalfOut) {
    const Domain d = shape_of(tray(), "plain", 8).shape.domain;
    EXPECT_EQ(d.kind, FabricKind::tree);
    EXPECT_EQ(d.endpoints, 8U);
    ASSERT_EQ(d.tree.tiers.size(), 1U);
    EXPECT_DOUBLE_EQ(d.tree.tiers[0].port.in(unit::GBps), 60);
    EXPECT_DOUBLE_EQ(d.tree.tiers[0].hop.in(unit::ns), 50);
}

/// One link of a mesh is the whole way, so it has the whole latency; its links share the rate.
TEST(Domains, OfAMeshShareTheRateAmongTheOthers) {
    Server server = tray();
    server.scale_up_switch = "";
    const Domain d = shape_of(server, "plain", 64).shape.domain;
    EXPECT_EQ(d.kind, FabricKind::full_mesh);
    EXPECT_DOUBLE_EQ(d.port.in(unit::GBps), 60.0 / 7);
    EXPECT_DOUBLE_EQ(d.hop.in(unit::ns), 100);
    EXPECT_DOUBLE_EQ(inside_rate(d).in(unit::GBps), 60);
    // links to chips that are not there stay idle
    EXPECT_DOUBLE_EQ(shape_of(server, "plain", 3).shape.domain.port.in(unit::GBps), 60.0 / 7);
    EXPECT_EQ(shape_of(server, "plain", 1).shape.domain.kind, FabricKind::tree);
}

TEST(Domains, OfATorusShareTheRateAmongTwoWaysOfEachDimension) {
    Server server = tray();
    server.dimensions = {{2, 4}, SourceId(0)};
    const Domain d = shape_of(server, "plain", 64).shape.domain;
    EXPECT_EQ(d.kind, FabricKind::torus);
    EXPECT_EQ(d.dimensions, (std::vector<std::uint32_t>{2, 4}));
    EXPECT_DOUBLE_EQ(d.port.in(unit::GBps), 15);
    EXPECT_DOUBLE_EQ(d.hop.in(unit::ns), 100);
    // three chips take a slice of four, the least that holds them
    const Domain slice = shape_of(server, "plain", 3).shape.domain;
    EXPECT_EQ(slice.endpoints, 4U);
    EXPECT_EQ(slice.dimensions, (std::vector<std::uint32_t>{2, 2}));
}

TEST(Domains, WithoutAScaleUpLinkAreJoinedOverTheHost) {
    Catalog mine = small();
    mine.chips.back().scale_up_link = "";
    const Chip& chip = mine.chips.back();
    const Link& host = part_named(mine.links, chip.host_link);
    EXPECT_EQ(&inner_link(mine, tray(), chip), &host);
    EXPECT_EQ(inner_rate(mine, tray(), chip), host.per_direction.value);
    const FactoryShape made = factory_shape(mine, tray(), part_named(mine.fabrics, "plain"), 8);
    EXPECT_EQ(made.shape.domain.kind, FabricKind::tree);
    EXPECT_EQ(inside_rate(made.shape.domain), host.per_direction.value);
}

TEST(Domains, AServerMayLeaveTheLinksOfItsChipsAside) {
    const Catalog mine = small();
    const Chip& chip = mine.chips.back();
    const Link& host = part_named(mine.links, chip.host_link);
    Server server = tray();
    EXPECT_NE(&inner_link(mine, server, chip), &host);
    server.over_host = true;
    EXPECT_EQ(&inner_link(mine, server, chip), &host);
    EXPECT_EQ(inner_rate(mine, server, chip), host.per_direction.value);
    const FactoryShape made = factory_shape(mine, server, part_named(mine.fabrics, "plain"), 8);
    EXPECT_EQ(made.shape.domain.kind, FabricKind::tree);
    EXPECT_EQ(inside_rate(made.shape.domain), host.per_direction.value);
}

/// Of a server of eight chips: rails are the largest divisor of its ports up to eight; each chip
/// has as many ports as the next or shares one with as many, and what does not fit has no cable.
TEST(Planes, FollowFromThePortsOfAServer) {
    struct Case {
        double nics;
        std::uint32_t ports, planes;
    };
    for (const Case& c : {Case{1, 1, 1}, Case{2, 2, 2}, Case{3, 2, 1}, Case{4, 4, 4}, Case{5, 4, 1},
                          Case{6, 4, 2}, Case{7, 4, 1}, Case{8, 8, 8}, Case{9, 8, 1},
                          Case{12, 8, 2}, Case{16, 16, 8}, Case{24, 24, 8}}) {
        Server server = tray(c.nics);
        server.nic = "infiniband-ndr";
        const FactoryShape made = shape_of(server, "railed", 64);
        EXPECT_EQ(made.cannot, "") << c.nics;
        EXPECT_EQ(made.shape.domain.ports, c.ports) << c.nics;
        EXPECT_EQ(made.shape.planes, c.planes) << c.nics;
        EXPECT_EQ(shape_of(server, "plain", 64).shape.planes, 1U) << c.nics;
        // what is bought joins what is wired
        EXPECT_EQ(made.shape.tree.hosts, 8 * c.ports / c.planes) << c.nics;
        EXPECT_GE(capacity_of(made.shape), 64) << c.nics;
    }
}

RC_GTEST_PROP(Planes, EveryPortThatIsWiredIsBoughtWhateverTheCards, ()) {
    Server server = tray(*rc::gen::inRange(1, 40));
    server.nic = "infiniband-ndr";
    const int servers = *rc::gen::inRange(2, 40);
    const FactoryShape made = shape_of(server, "railed", 8 * servers);
    RC_ASSERT(made.cannot.empty());
    RC_ASSERT(made.shape.tree.hosts * made.shape.planes ==
              made.shape.domain.ports * static_cast<std::uint32_t>(servers));
    RC_ASSERT(made.shape.domain.ports <= server.nics.value);
    RC_ASSERT(capacity_of(made.shape) >= 8 * servers);
}

/// Eight ports on switches of four: four leaves, two down and two up each, and two above. Sixteen
/// are too many for two tiers of them.
TEST(Trees, AreOfTheCheapestPortsThatReach) {
    const FactoryShape eight = shape_of(tray(), "plain", 64);
    ASSERT_NE(eight.box, nullptr);
    EXPECT_EQ(eight.box->id, "few");
    EXPECT_EQ(eight.shape.tree.tiers.size(), 2U);
    EXPECT_EQ(eight.shape.tree.tiers[0].width, 2U);
    EXPECT_DOUBLE_EQ(eight.shape.tree.tiers[0].port.in(unit::GBps), 10);
    const FactoryShape sixteen = shape_of(tray(), "plain", 128);
    ASSERT_NE(sixteen.box, nullptr);
    EXPECT_EQ(sixteen.box->id, "many");
    const FactoryShape vast = shape_of(tray(), "plain", 1024);
    EXPECT_EQ(vast.box, nullptr);
    EXPECT_EQ(vast.cannot, "128 ports are needed, 2 tiers of 8-port switches join 32");
}

TEST(Trees, AreOfTheBoxThatTheFabricNamesByAnyOfItsNames) {
    for (const char* name : {"many", "Many", "many ports"}) {
        Fabric fabric = part_named(small().fabrics, "plain");
        fabric.switch_box = name;
        const FactoryShape made = factory_shape(small(), tray(), fabric, 64);
        ASSERT_NE(made.box, nullptr) << name;
        EXPECT_EQ(made.box->id, "many") << name;
    }
    Server server = tray();
    server.nic = "Lane in full";
    const FactoryShape made = shape_of(server, "plain", 64);
    ASSERT_NE(made.box, nullptr) << made.cannot;
    EXPECT_EQ(made.box->id, "few");
}

TEST(Trees, AreNotOfBoxesWithoutAPriceNorOfOtherLinks) {
    Catalog mine = small();
    for (Switch& box : mine.switches) box.price = {};
    const FactoryShape made = factory_shape(mine, tray(), part_named(mine.fabrics, "plain"), 64);
    EXPECT_EQ(made.cannot, "no switch of the catalog has lane ports");
    Server server = tray();
    server.nic = "beam";
    EXPECT_EQ(shape_of(server, "plain", 64).cannot, "no switch of the catalog has beam ports");
    // one domain needs none
    EXPECT_EQ(shape_of(server, "plain", 8).cannot, "");
}

TEST(Bills, CountServersSwitchesAndBothEndsOfCables) {
    const BillOfMaterials bill = factory_of(tray(), "plain", 64).bill;
    EXPECT_EQ(bill.servers, 8);
    EXPECT_EQ(bill.switches, 4 + 2);
    EXPECT_EQ(bill.transceivers, 2 * (8 + 8));
    EXPECT_EQ(bill.server_price.in(unit::USD), 1000);
    EXPECT_EQ(bill.switch_price.in(unit::USD), 40);
    EXPECT_EQ(bill.switch_power.in(unit::W), 7);
    // eight planes, each as the one above
    const BillOfMaterials railed = factory_of(tray(8), "railed", 64).bill;
    EXPECT_EQ(railed.switches, 8 * 6);
    EXPECT_EQ(railed.transceivers, 8 * 32);
    // inside one domain the server has all that it needs
    const BillOfMaterials one = factory_of(tray(8), "railed", 8).bill;
    EXPECT_EQ(one.switches, 0);
    EXPECT_EQ(one.transceivers, 0);
}

TEST(Bills, ServersAreWholeWhereTheyAreSold) {
    const Factory odd = factory_of(tray(), "plain", 60);
    EXPECT_EQ(odd.bill.servers, 8);
    ASSERT_EQ(odd.notes.size(), 1U);
    EXPECT_EQ(odd.notes[0],
              "60 chips are not whole servers (tray has 8): 8 are bought, 4 of their "
              "64 chips stay unused");
    EXPECT_TRUE(factory_of(tray(), "plain", 64).notes.empty());
    Catalog cloud = small();
    cloud.chips.back().market = Market::cloud;
    const Factory slice =
        resolve_factory(cloud, tray(), part_named(cloud.fabrics, "plain"), 60, {});
    EXPECT_EQ(slice.bill.servers, 7.5);
    EXPECT_TRUE(slice.notes.empty());
}

/// Two compounds of eight ports each: the largest is wired, all are billed as parts of it.
TEST(Bills, OtherCompoundsAreBilledAsPartsOfTheLargest) {
    const Factory both = factory_of(tray(), "plain", 128, {64, 64});
    EXPECT_EQ(both.job_chips, 64);
    EXPECT_EQ(both.bill.servers, 16);
    EXPECT_EQ(both.bill.switches, 12);
    EXPECT_EQ(both.bill.transceivers, 64);
    const Factory uneven = factory_of(tray(), "plain", 80, {64, 16});
    EXPECT_EQ(uneven.bill.switches, 8);  // 7.5
    EXPECT_EQ(uneven.bill.transceivers, 40);
}

TEST(Bills, OpticsAreTheCardsElseTheFabricsElseTheUsual) {
    Catalog mine = small();
    const SourceId source(mine.sources.size() - 1);
    for (const auto& [id, price] : {std::pair("of-card", 11.0), std::pair("of-fabric", 22.0)}) {
        mine.prices.push_back({.id = id, .name = id, .price = {price * unit::USD, source}});
    }
    const auto price = [&](const std::string& fabric_optics) {
        Fabric fabric = part_named(mine.fabrics, "plain");
        fabric.optics = fabric_optics;
        return resolve_factory(mine, tray(), fabric, 64, {}).bill.transceiver_price;
    };
    EXPECT_EQ(price("of-fabric").in(unit::USD), 22);
    EXPECT_EQ(price(""), part_named(mine.prices, "optics-400g").price.value);
    for (Link& link : mine.links) {
        if (link.id == "lane") link.optics = "of-card";
    }
    EXPECT_EQ(price("of-fabric").in(unit::USD), 11);
}

TEST(Wiring, IsToldInOneLine) {
    const auto wiring = [](const Factory& factory) {
        return factory.wiring.substr(0, factory.wiring.find(';'));
    };
    EXPECT_EQ(wiring(factory_of(tray(8), "railed", 64)),
              "8 planes of lane, 2 tiers, 6 few a plane (4 ports each)");
    EXPECT_EQ(wiring(factory_of(tray(), "plain", 32)),
              "1 plane of lane, 1 tier, 1 few a plane (4 "
              "ports each)");
    EXPECT_EQ(wiring(factory_of(tray(), "plain", 8)), "one scale-up domain, no switches beyond it");
    const Factory vast = factory_of(tray(), "plain", 1024);
    EXPECT_EQ(wiring(vast), "not wired");
    EXPECT_TRUE(contains(vast.cannot, "the fabric cannot be wired: 128 ports are needed"));
    EXPECT_EQ(vast.shape.endpoints, 0U);
    EXPECT_EQ(vast.bill.switches, 0);
    EXPECT_TRUE(contains(factory_of(tray(), "plain", 64).wiring,
                         "; inside 60 GB/s one way (120 GB/s both ways); host memory "));
}

TEST(Channels, HaveTheRatesOfACardAndOfAllLinksInside) {
    const Network network = factory_of(tray(4), "plain", 64).network;
    EXPECT_DOUBLE_EQ(network.inner.per_chip.in(unit::GBps), 60);
    EXPECT_DOUBLE_EQ(network.outer.per_chip.in(unit::GBps), 5);  // four cards of 10 for eight
    EXPECT_EQ(network.domain, 8);
    EXPECT_EQ(network.chips, 64);
}

}  // namespace TEST_FILE
}  // namespace millwright
