// All-reduces in which switches add, worked by hand: inside domains, and across them by trees or in
// switches again.
#include <gtest/gtest.h>

#include "millwright/base/units.h"
#include "millwright/collective/algorithms.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace TEST_FILE {

/// Domains of eight at 400 GB/s with a port of 10 GB/s a chip; links reach their rate at any size.
Network plain() {
    const Curve full{{1}, {1}};
    Network net{.chips = 4096, .domain = 8};
    net.inner = {400 * unit::GBps, {}, {}, full, full, full};
    net.outer = {10 * unit::GBps, {}, {}, full, full, {}};
    return net;
}

double seconds(Formula formula, const Network& net, double domains, Bytes size) {
    return formula(net, Collective::all_reduce, group_on(net, 8 * domains, 1), size).si();
}

// Eight chips send every byte once and their part of the sums besides: 1 + 1/8. Four send 1 + 1/4,
// so that what nccl-tests count as 7/4 of the buffer takes 10/9 as long.
TEST(SwitchSums, FewerChipsSendMoreOfTheSums) {
    EXPECT_NEAR(switch_measure(8, 1 * unit::GB).moved, 1.75, 1e-12);
    EXPECT_NEAR(switch_measure(4, 1 * unit::GB).moved, 1.75 * 10 / 9, 1e-12);
    EXPECT_NEAR(switch_measure(72, 1 * unit::GB).moved, 2 * 71.0 / 72, 1e-12);
}

// 8 GB by eight ports of 10 GB/s: between two domains each tree has one edge, and 8 GB pass in
// 0.1 s; among four or more the fullest node of the two trees has four edges, which takes twice as
// long, and among three it has three. Sums inside, 14 GB at 400 GB/s, are done before.
TEST(SwitchSums, TreesAcrossServeTwoChildren) {
    const Network net = plain();
    EXPECT_NEAR(seconds(switch_tree_time, net, 2, 8 * unit::GB), 0.1, 1e-12);
    EXPECT_NEAR(seconds(switch_tree_time, net, 3, 8 * unit::GB), 0.15, 1e-12);
    EXPECT_NEAR(seconds(switch_tree_time, net, 4, 8 * unit::GB), 0.2, 1e-12);
    EXPECT_NEAR(seconds(switch_tree_time, net, 64, 8 * unit::GB), 0.2, 1e-12);
}

TEST(SwitchSums, SumsCrossByTheirPortsAlone) {
    Network net = plain();
    net.crossing = 2;
    EXPECT_NEAR(seconds(switch_tree_time, net, 2, 8 * unit::GB), 0.4, 1e-12);
    net.crossing = 100;  // more than there are
    EXPECT_NEAR(seconds(switch_tree_time, net, 2, 8 * unit::GB), 0.1, 1e-12);
}

// With ports of 1 TB/s sums inside are what takes long: a twelfth longer than on one domain.
TEST(SwitchSums, ChipsThatFeedTheNetworkAddMoreSlowly) {
    Network net = plain();
    net.outer.per_chip = 1000 * unit::GBps;
    const double alone = seconds(in_network_time, net, 1, 8 * unit::GB);
    EXPECT_NEAR(alone, 14.0 / 400, 1e-12);
    EXPECT_NEAR(seconds(switch_tree_time, net, 2, 8 * unit::GB), alone / 0.915, 1e-12);
}

// On a shared fabric a tree over sixteen domains is 4^0.5 times slower than over four.
TEST(SwitchSums, TreesOfManyDomainsMeetOthersTraffic) {
    Network net = plain();
    net.outer.crowding = 0.5;
    EXPECT_NEAR(seconds(switch_tree_time, net, 4, 8 * unit::GB), 0.2, 1e-12);
    EXPECT_NEAR(seconds(switch_tree_time, net, 16, 8 * unit::GB), 0.4, 1e-12);
    EXPECT_NEAR(seconds(tree_time, net, 16, 8 * unit::GB),
                2 * seconds(tree_time, plain(), 16, 8 * unit::GB), 1e-12);
}

// Three domains start 2 x 16 steps of 1 us after one does.
TEST(SwitchSums, SumsOverManyRanksStartLate) {
    Network net = plain();
    const double before = seconds(switch_tree_time, net, 3, 8 * unit::GB);
    net.inner.step = 1 * unit::us;
    EXPECT_NEAR(seconds(switch_tree_time, net, 3, 8 * unit::GB), before + 32e-6, 1e-12);
}

// Switches outside add too: each port sends its GB once, counted as 2 x 63/64 of it.
TEST(SwitchSums, SwitchesBetweenDomainsAdd) {
    Network net = plain();
    net.outer.reduced = Curve{{1}, {1}};
    net.outer.ring = Curve{{1}, {0.9}};
    EXPECT_NEAR(seconds(in_network_time, net, 8, 8 * unit::GB), 2 * 63.0 / 64 / 10, 1e-12);
    const auto best =
        collective_time(net, Collective::all_reduce, group_on(net, 64, 1), 8 * unit::GB);
    EXPECT_EQ(best.algorithm, Algorithm::in_network);
}

// nccl-tests of 16 GiB on HGX H100 with eight 400 Gb/s ports (NVIDIA/nccl-tests, issue 309): bus
// bandwidths of 480, 470 and 366 GB/s over one, two and four hosts, without sums in the network.
TEST(SwitchSums, OneTwoAndFourHostsAsMeasured) {
    const Catalog& catalog = built_in_catalog();
    for (const auto& [hosts, measured] : {std::pair(1.0, 480.0), {2.0, 470.0}, {4.0, 366.0}}) {
        Network net = resolve_factory(catalog, part_named(catalog.servers, "hgx-h100"),
                                      part_named(catalog.fabrics, "rail-fat-tree"), 64, {})
                          .network;
        net.outer.reduced = {};
        const Bytes size = 16 * unit::GiB;
        const double ranks = 8 * hosts;
        const Seconds time =
            collective_time(net, Collective::all_reduce, group_on(net, ranks, 1), size).time;
        const double bus = bus_factor(Collective::all_reduce, ranks) * (size / time).in(unit::GBps);
        EXPECT_NEAR(bus / measured, 1, 0.04) << hosts;
    }
}

// Eight NVLink domains whose switches add, below switches that add: the graph has both rows, and
// what they send loads every port alike.
TEST(SwitchSums, GraphsHaveThePortsThatCross) {
    FabricShape shape{.endpoints = 32, .rails = true};
    shape.tree.tiers = {{4, 1, 50 * unit::GBps, {}}, {16, 1, 50 * unit::GBps, {}}};
    shape.domain = {.endpoints = 4, .ports = 4, .reduces = true, .crossing = 2};
    shape.domain.tree.tiers = {{4, 1, 450 * unit::GBps, {}}};
    CollectiveRequest r{Collective::all_reduce, 1 * unit::GB, {.size = 32}, {}};
    EXPECT_FALSE(does(Algorithm::in_network, graph_of(shape), r));
    shape.reduces = true;
    const FabricGraph graph = graph_of(shape);
    ASSERT_TRUE(does(Algorithm::in_network, graph, r));
    ASSERT_TRUE(does(Algorithm::switch_tree, graph, r));
    // two of four ports send half of a GB each: once where switches add, twice where trees do
    const auto time = [&](Algorithm a) {
        return closed_time(graph, r.team, phases_of(a, graph, r)).si();
    };
    EXPECT_NEAR(time(Algorithm::in_network), 0.5 / 50, 1e-9);
    EXPECT_NEAR(time(Algorithm::switch_tree), 2 * 0.5 / 50, 1e-9);
}

}  // namespace TEST_FILE
}  // namespace millwright
