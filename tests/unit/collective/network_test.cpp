// Collectives by formula on ideal links, as plain algebra; counts of switches and cables of fat
// trees.
#include <gtest/gtest.h>

#include "millwright/collective/collectives.h"
#include "millwright/fabric/tree.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace TEST_FILE {

/// System: links that reach their rate at any size, no latency. Derivation is then plain algebra.
Network ideal(double domain, double inner_gbps, double outer_gbps) {
    const Curve full{{1}, {1}};
    Network net;
    net.chips = 1024;
    net.domain = domain;
    net.inner = {inner_gbps * unit::GBps, {}, {}, full, full, {}};
    net.outer = {outer_gbps * unit::GBps, {}, {}, full, full, {}};
    net.tiers = {{"leaf", 256, {}, 1}, {"spine", 1024, {}, 2}};
    return net;
}

double ms(const Network& net, Collective collective, double size, double stride, Bytes bytes) {
    return collective_time(net, collective, group_on(net, size, stride), bytes).time.in(unit::ms);
}

TEST(Collectives, RingOfOneDomainMovesTheTextbookBytes) {
    const Network net = ideal(8, 400, 50);
    // 8 ranks: 7/8 of 8 GB at 400 GB/s, twice for all-reduce
    EXPECT_NEAR(ms(net, Collective::all_gather, 8, 1, 8 * unit::GB), 17.5, 1e-9);
    EXPECT_NEAR(ms(net, Collective::reduce_scatter, 8, 1, 8 * unit::GB), 17.5, 1e-9);
    EXPECT_NEAR(ms(net, Collective::all_reduce, 8, 1, 8 * unit::GB), 35, 1e-9);
    EXPECT_NEAR(ms(net, Collective::all_to_all, 8, 1, 8 * unit::GB), 17.5, 1e-9);
}

TEST(Collectives, RailsAddUpAcrossDomains) {
    const Network net = ideal(8, 800, 50);
    // 64 ranks, 8 a domain: eight cards of 50 GB/s carry 63/64 of 6.4 GB
    EXPECT_NEAR(ms(net, Collective::all_gather, 64, 1, 6.4 * unit::GB), 15.75, 1e-9);
    // one rank a domain has one card
    EXPECT_NEAR(ms(net, Collective::all_gather, 8, 8, 6.4 * unit::GB), 112, 1e-9);
}

TEST(Collectives, OversubscriptionSlowsWhatCrossesIt) {
    const Network net = ideal(8, 800, 50);
    const double near = ms(net, Collective::all_gather, 32, 8, 1 * unit::GB);  // span 256
    const double far = ms(net, Collective::all_gather, 64, 8, 1 * unit::GB);   // span 512
    EXPECT_NEAR(far / near, 2 * (63.0 / 64) / (31.0 / 32), 1e-9);
}

TEST(Collectives, OneRankTakesNoTime) {
    const Network net = ideal(8, 400, 50);
    EXPECT_EQ(ms(net, Collective::all_reduce, 1, 1, 8 * unit::GB), 0);
    EXPECT_EQ(ms(net, Collective::all_reduce, 8, 1, Bytes{}), 0);
}

TEST(Collectives, SwitchReductionBeatsTheRingWhereThereIsOne) {
    Network net = ideal(8, 400, 50);
    net.inner.reduced = Curve{{1}, {1.1}};
    const auto found =
        collective_time(net, Collective::all_reduce, group_on(net, 8, 1), 1 * unit::GB);
    EXPECT_EQ(found.algorithm, Algorithm::in_network);
}

// Eight chips with a link of 50 GB/s between every two. Four of them have three links each: 3/4 of
// 6 GB pass in 30 ms, of all eight 7/8 in 15 ms; two have one link. A message has one link too.
TEST(Collectives, PartOfAMeshHasTheLinksBetweenItsMembers) {
    Network net = ideal(8, 350, 50);
    net.pair = 50 * unit::GBps;
    EXPECT_NEAR(ms(net, Collective::all_gather, 8, 1, 6 * unit::GB), 15, 1e-9);
    EXPECT_NEAR(ms(net, Collective::all_gather, 4, 1, 6 * unit::GB), 30, 1e-9);
    EXPECT_NEAR(ms(net, Collective::all_to_all, 4, 1, 6 * unit::GB), 30, 1e-9);
    EXPECT_NEAR(ms(net, Collective::all_reduce, 2, 1, 6 * unit::GB), 120, 1e-9);
    EXPECT_NEAR(point_to_point_time(net, 1, 6 * unit::GB).in(unit::ms), 120, 1e-9);
}

// A server's link between two chips is the same whether its other places are filled.
TEST(Collectives, TwoOfAMeshOfEightHaveOneLink) {
    const Catalog& catalog = built_in_catalog();
    const Server& server = part_named(catalog.servers, "mi300x-8");
    for (const double chips : {2.0, 8.0}) {
        const Network net = resolve_factory(catalog, server,
                                            part_named(catalog.fabrics, "rail-fat-tree"), chips, {})
                                .network;
        EXPECT_DOUBLE_EQ(net.pair / net.inner.per_chip, 1.0 / 7) << chips;
    }
}

TEST(Tree, SixtyFourPortsInThreeTiersReach65536) {
    EXPECT_EQ(tree_capacity(64, 2, 1), 2048);
    EXPECT_EQ(tree_capacity(64, 3, 1), 65536);
    EXPECT_EQ(smallest_tree({.hosts = 65536}).tiers.size(), 3U);
    EXPECT_TRUE(smallest_tree({.hosts = 65537}).tiers.empty());
    // of switches with an odd port one stays unused below the top: 31 x 31 x 63 hosts at most
    EXPECT_EQ(smallest_tree({.hosts = 31 * 31 * 63, .radix = 63}).tiers.size(), 3U);
    EXPECT_TRUE(smallest_tree({.hosts = 31 * 31 * 63 + 1, .radix = 63}).tiers.empty());
}

TEST(Tree, CountsSwitchesAndCables) {
    const TreeCounts two = counts_of(smallest_tree({.hosts = 2048}), 64);
    ASSERT_EQ(two.switches.size(), 2U);
    EXPECT_EQ(two.switches[0], 64);
    EXPECT_EQ(two.switches[1], 32);
    EXPECT_EQ(two.cables, 2 * 2048);
    const TreeCounts full = counts_of(smallest_tree({.hosts = 65536}), 64);
    EXPECT_EQ(full.switches[0] + full.switches[1] + full.switches[2], 5 * 1024);
}

TEST(Tree, OversubscribedLeavesSendLessUp) {
    const TreeCounts counts = counts_of(smallest_tree({.hosts = 1260, .oversubscription = 2}), 64);
    ASSERT_EQ(counts.switches.size(), 2U);
    EXPECT_EQ(counts.switches[0], 30);  // 42 ports down
    EXPECT_EQ(counts.switches[1], 10);  // 630 uplinks
}

}  // namespace TEST_FILE
}  // namespace millwright
