// Misspelt links and chips that failed links cut off are told before anything is timed.
#include <gtest/gtest.h>

#include "millwright/base/units.h"
#include "millwright/fabric/failures.h"
#include "millwright/factory/link_faults.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace TEST_FILE {

FabricShape two_tiers() {
    FabricShape shape{.port = 50 * unit::GBps, .hop = 1 * unit::us};
    shape.kind = FabricKind::tree;
    shape.tree.tiers = {{32, 1, shape.port, shape.hop}, {64, 1, shape.port, shape.hop}};
    return shape;
}

Faults faults_of(std::vector<Degraded> degraded) {
    FabricShape shape = two_tiers();
    shape.degraded = std::move(degraded);
    const Catalog& catalog = built_in_catalog();
    const Factory factory = resolve_factory(catalog, part_named(catalog.servers, "hgx-h100"),
                                            FabricSource("own", shape), 128, {});
    return link_faults(factory, {"scenario.toml", 11, 1});
}

TEST(LinkFaults, NamesAreTriedAtAnySizeBySelfAndBelowServers) {
    FabricShape shape = two_tiers();
    for (const char* name : {"host 2047 up", "port 2047 up", "tier 1 group 63 up",
                             "tier 1 group 63 up, link 4", "scale-up chip 3 up"}) {
        shape.degraded = {{name, 0.5}};
        EXPECT_TRUE(unknown_links(shape).empty()) << name;
    }
    for (const char* name : {"host 2048 up", "tier 1 group 64 up", "teir 1 group 0 up"}) {
        shape.degraded = {{name, 0.5}};
        EXPECT_EQ(unknown_links(shape), std::vector<std::string>{name});
    }
}

TEST(LinkFaults, AFactoryIsToldOfBothAtTheFabricsPlace) {
    EXPECT_TRUE(faults_of({}).empty());
    EXPECT_TRUE(faults_of({{"tier 1 group 0 up", 0.25}, {"tier 1 group 0 up, link 4", 0}}).empty());
    const Faults cut = faults_of({{"port 3 up", 0}});
    ASSERT_EQ(cut.size(), 1U);
    EXPECT_EQ(cut[0].at.line, 11);
    EXPECT_NE(cut[0].message.find("no way from chip 3 "), std::string::npos) << cut[0].message;
    EXPECT_EQ(faults_of({{"tier 1 group 0 up", 0}}).size(), 1U);
    const Faults unknown = faults_of({{"prot 3 up", 0}, {"port 300 up", 0}});
    EXPECT_EQ(unknown.size(), 2U);
}

TEST(LinkFaults, TorusesGoAroundCornersAndNotAroundNeighbours) {
    FabricShape shape{.kind = FabricKind::torus, .endpoints = 64, .port = 50 * unit::GBps};
    shape.dimensions = {4, 4, 4};
    EXPECT_FALSE(cut_off(graph_of(shape)));
    shape.degraded = {{"node 17 x+", 0}};
    const auto pair = cut_off(graph_of(shape));
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->first, 17U);
}

}  // namespace TEST_FILE
}  // namespace millwright
