// Links, switches and cables of fabrics of every kind, counted by hand; how far their ports reach.
#include <map>
#include <set>

#include <fmt/format.h>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/base/units.h"
#include "millwright/fabric/topology.h"

namespace millwright {
namespace TEST_FILE {

constexpr Bandwidth port = 50 * unit::GBps;
constexpr Seconds hop = 1 * unit::us;

/// Tiers of these widths and oversubscriptions, all of one rate.
FabricShape tree_of(const std::vector<std::pair<std::uint32_t, double>>& tiers,
                    std::uint32_t endpoints, Routing routing = Routing::single) {
    FabricShape shape{.kind = FabricKind::tree, .endpoints = endpoints, .routing = routing};
    for (const auto& [width, oversubscription] : tiers) {
        shape.tree.tiers.push_back({width, oversubscription, port, hop});
    }
    return shape;
}

FabricShape lattice(FabricKind kind, std::vector<std::uint32_t> dimensions,
                    Routing routing = Routing::single) {
    FabricShape shape{.kind = kind, .endpoints = 1, .routing = routing};
    for (const std::uint32_t length : dimensions) shape.endpoints *= length;
    shape.dimensions = std::move(dimensions);
    shape.port = port;
    shape.hop = hop;
    return shape;
}

FabricShape mesh_of(std::uint32_t endpoints) {
    return {.kind = FabricKind::full_mesh, .endpoints = endpoints, .port = port, .hop = hop};
}

/// Four groups of three leaves of two hosts and two spines; global links of a spine as given.
FabricShape dragonfly_of(std::uint32_t global_links, Routing routing = Routing::ecmp,
                         std::uint32_t endpoints = 24) {
    FabricShape shape{
        .kind = FabricKind::dragonfly_plus, .endpoints = endpoints, .routing = routing};
    shape.port = port;
    shape.hop = hop;
    shape.dragonfly = {2, 3, 2, global_links, 4, 3 * unit::us};
    return shape;
}

/// How many ids each kind of link has.
std::map<std::string, int> links_of(const FabricGraph& graph) {
    std::map<std::string, int> links;
    for (const std::uint8_t tier : graph.tier) ++links[graph.tiers[tier]];
    return links;
}

std::vector<LinkId> way(const FabricGraph& graph, std::uint32_t from, std::uint32_t to,
                        std::uint64_t flow = 0) {
    Ways ways;
    ways_on(graph, from, to, flow, ways);
    if (ways.count() == 0) return {};
    return {ways.way(0).begin(), ways.way(0).end()};
}

std::vector<std::string> named(const FabricGraph& graph, const std::vector<LinkId>& links) {
    std::vector<std::string> names;
    for (const LinkId link : links) names.push_back(graph.name(link));
    return names;
}

FabricCounts counts(const FabricShape& shape, double radix = 0) {
    return row_of(shape).counts(shape, ports_of_plane(shape), radix);
}

using Links = std::map<std::string, int>;

// A leaf of four hosts has four links up where nothing is oversubscribed; two ids a link. Groups
// that no host is under are not wired.
TEST(TreeByHand, LinksOfTwoTiers) {
    EXPECT_EQ(links_of(graph_of(tree_of({{4, 1}, {3, 1}}, 12))),
              (Links{{"ports", 24}, {"tier 1 to 2", 24}}));
    EXPECT_EQ(links_of(graph_of(tree_of({{4, 1}, {3, 1}}, 9))),
              (Links{{"ports", 18}, {"tier 1 to 2", 24}}));
    EXPECT_EQ(links_of(graph_of(tree_of({{4, 1}, {3, 1}}, 5))),
              (Links{{"ports", 10}, {"tier 1 to 2", 16}}));
    EXPECT_EQ(links_of(graph_of(tree_of({{4, 2}, {3, 1}}, 12))),
              (Links{{"ports", 24}, {"tier 1 to 2", 12}}));
    EXPECT_EQ(links_of(graph_of(tree_of({{4, 1}}, 4))), (Links{{"ports", 8}}));
    const FabricGraph bundled = graph_of(tree_of({{4, 1}, {3, 1}}, 12, Routing::adaptive));
    EXPECT_EQ(links_of(bundled), (Links{{"ports", 24}, {"tier 1 to 2", 6}}));
    EXPECT_DOUBLE_EQ(bundled.capacity[24] / port, 4);
    EXPECT_DOUBLE_EQ(bundled.parallel(24), 4);
    EXPECT_DOUBLE_EQ(bundled.parallel(0), 1);
}

// Links up: those of all children, over the oversubscription, to the nearest whole one.
TEST(TreeByHand, LinksUpAreRounded) {
    EXPECT_EQ(links_up(tree_of({{4, 3}, {2, 1}}, 8).tree, 0), 1U);  // 1.33
    EXPECT_EQ(links_up(tree_of({{5, 2}, {2, 1}}, 8).tree, 0), 3U);  // 2.5
    EXPECT_EQ(links_up(tree_of({{4, 9}, {2, 1}}, 8).tree, 0), 1U);  // one at least
    EXPECT_EQ(links_up(tree_of({{4, 2}, {3, 1}, {2, 1}}, 8).tree, 1), 6U);
    FabricShape faster = tree_of({{4, 1}, {3, 1}}, 12);
    faster.tree.tiers[1].port = 2 * port;
    EXPECT_EQ(links_up(faster.tree, 0), 2U);
    EXPECT_DOUBLE_EQ(capacity_of(tree_of({{4, 2}, {3, 1}, {2, 1}}, 8)), 24);
    EXPECT_DOUBLE_EQ(links_of(tree_of({{4, 2}, {3, 1}, {2, 1}}, 8).tree), 24 + 6 * 2 + 2 * 6);
}

// Twelve hosts: three leaves of 4 down and 4 up; their 12 links up end at tops of three ports, two
// of which share a switch of eight.
TEST(TreeByHand, SwitchesAndCables) {
    const FabricShape shape = tree_of({{4, 1}, {3, 1}}, 12);
    EXPECT_DOUBLE_EQ(radix_of(shape.tree), 8);
    EXPECT_DOUBLE_EQ(counts(shape).switches, 3 + 2);
    EXPECT_DOUBLE_EQ(counts(shape).cables, 12 + 12);
    // switches of 64: eight leaves of 8 ports in one, and all tops in another
    EXPECT_DOUBLE_EQ(counts(shape, 64).switches, 1 + 1);
    // five hosts of them: two leaves, and five links up
    const FabricShape few = tree_of({{4, 1}, {3, 1}}, 5);
    EXPECT_DOUBLE_EQ(counts(few).switches, 2 + 1);
    EXPECT_DOUBLE_EQ(counts(few).cables, 5 + 5);
    const FabricShape thin = tree_of({{4, 2}, {3, 1}}, 12);
    EXPECT_DOUBLE_EQ(counts(thin).cables, 12 + 6);
    const FabricShape one = tree_of({{40, 1}}, 33);
    EXPECT_DOUBLE_EQ(counts(one).switches, 1);
    EXPECT_DOUBLE_EQ(counts(one).cables, 33);
}

// Of k ports: k^3 / 4 hosts, 5 k^2 / 4 switches, three cables a host (Al-Fares 2008).
TEST(TreeByHand, AFatTreeOfKPorts) {
    for (const double k : {4.0, 8.0, 64.0}) {
        const auto half = static_cast<std::uint32_t>(k / 2);
        const auto hosts = static_cast<std::uint32_t>(k * k * k / 4);
        const FabricShape shape =
            tree_of({{half, 1}, {half, 1}, {static_cast<std::uint32_t>(k), 1}}, hosts);
        EXPECT_DOUBLE_EQ(capacity_of(shape), fat_tree_capacity(k));
        EXPECT_DOUBLE_EQ(radix_of(shape.tree), k);
        EXPECT_DOUBLE_EQ(counts(shape).switches, 5 * k * k / 4);
        EXPECT_DOUBLE_EQ(counts(shape).cables, 3.0 * hosts);
        EXPECT_DOUBLE_EQ(tree_capacity(k, 3, 1), fat_tree_capacity(k));
    }
}

// 4 x 3 nodes: two ids a node and dimension. A torus has a cable ahead of each node in each, a grid
// none at the ends of its rows: 3 rows of 3 cables and 4 of 2.
TEST(TorusByHand, LinksAndCables) {
    EXPECT_EQ(links_of(graph_of(lattice(FabricKind::torus, {4, 3}))), (Links{{"neighbours", 48}}));
    EXPECT_DOUBLE_EQ(counts(lattice(FabricKind::torus, {4, 3})).cables, 24);
    EXPECT_DOUBLE_EQ(counts(lattice(FabricKind::grid, {4, 3})).cables, 17);
    EXPECT_DOUBLE_EQ(counts(lattice(FabricKind::grid, {2, 2, 2})).cables, 12);  // edges of a cube
    EXPECT_DOUBLE_EQ(counts(lattice(FabricKind::torus, {4, 1})).cables, 4);     // a ring
    EXPECT_DOUBLE_EQ(counts(lattice(FabricKind::torus, {4, 3})).switches, 0);
    EXPECT_DOUBLE_EQ(capacity_of(lattice(FabricKind::torus, {4, 3, 5})), 60);
    EXPECT_DOUBLE_EQ(port_rate(lattice(FabricKind::torus, {4, 3, 5})) / port, 6);
}

// The shorter way round in each dimension, x before y; half around it goes ahead.
TEST(TorusByHand, WaysAreNamed) {
    const FabricGraph torus = graph_of(lattice(FabricKind::torus, {4, 3}));
    EXPECT_EQ(named(torus, way(torus, 0, 11)),
              (std::vector<std::string>{"node 0 x-", "node 3 y-"}));
    EXPECT_EQ(named(torus, way(torus, 1, 3)), (std::vector<std::string>{"node 1 x+", "node 2 x+"}));
    const FabricGraph grid = graph_of(lattice(FabricKind::grid, {4, 3}));
    EXPECT_EQ(named(grid, way(grid, 0, 11)),
              (std::vector<std::string>{"node 0 x+", "node 1 x+", "node 2 x+", "node 3 y+",
                                        "node 7 y+"}));
    EXPECT_EQ(named(grid, way(grid, 11, 10)), std::vector<std::string>{"node 11 x-"});
    EXPECT_TRUE(way(torus, 5, 5).empty());
}

// Distances of a torus and a grid, for every pair: the sum over dimensions of steps.
TEST(TorusByHand, WaysAreAsLongAsTheDistance) {
    for (const Routing routing : {Routing::single, Routing::ecmp, Routing::adaptive}) {
        for (const bool wraps : {true, false}) {
            const FabricShape shape =
                lattice(wraps ? FabricKind::torus : FabricKind::grid, {4, 3, 2}, routing);
            const FabricGraph graph = graph_of(shape);
            const auto steps = [&](std::uint32_t a, std::uint32_t b, std::uint32_t length) {
                const std::uint32_t apart = a > b ? a - b : b - a;
                return wraps ? std::min(apart, length - apart) : apart;
            };
            for (std::uint32_t a = 0; a < 24; ++a) {
                for (std::uint32_t b = 0; b < 24; ++b) {
                    const std::uint32_t far = steps(a % 4, b % 4, 4) +
                                              steps(a / 4 % 3, b / 4 % 3, 3) +
                                              steps(a / 12, b / 12, 2);
                    Ways ways;
                    ways_on(graph, a, b, 7, ways);
                    EXPECT_EQ(ways.count(), routing == Routing::adaptive && a != b ? 12U : 1U);
                    for (std::size_t i = 0; i < ways.count(); ++i) {
                        EXPECT_EQ(ways.way(i).size(), far) << a << " " << b;
                    }
                }
            }
        }
    }
}

TEST(MeshByHand, EveryPairHasALinkAndHalfACable) {
    for (const std::uint32_t n : {2U, 3U, 8U}) {
        const FabricGraph graph = graph_of(mesh_of(n));
        EXPECT_EQ(graph.capacity.size(), std::size_t{n} * n);
        EXPECT_DOUBLE_EQ(counts(mesh_of(n)).cables, n * (n - 1) / 2.0);
        EXPECT_DOUBLE_EQ(counts(mesh_of(n)).switches, 0);
        EXPECT_DOUBLE_EQ(port_rate(mesh_of(n)) / port, n - 1);
        for (std::uint32_t a = 0; a < n; ++a) {
            for (std::uint32_t b = 0; b < n; ++b)
                EXPECT_EQ(way(graph, a, b).size(), a == b ? 0U : 1U);
        }
    }
    EXPECT_EQ(graph_of(mesh_of(3)).name(way(graph_of(mesh_of(3)), 2, 1)[0]), "node 2 to 1");
}

// 24 hosts, 12 leaves with two spines each, six global links out of each group.
TEST(DragonflyByHand, LinksSwitchesAndCables) {
    EXPECT_EQ(links_of(graph_of(dragonfly_of(3))),
              (Links{{"ports", 48}, {"leaf to spine", 48}, {"between groups", 24}}));
    EXPECT_DOUBLE_EQ(counts(dragonfly_of(3)).switches, 4 * (3 + 2));
    EXPECT_DOUBLE_EQ(counts(dragonfly_of(3)).cables, 24 + 4 * 3 * 2 + 4 * 6 / 2);
    EXPECT_DOUBLE_EQ(row_of(dragonfly_of(3)).radix(dragonfly_of(3)), 3 + 3);  // of a spine
    EXPECT_DOUBLE_EQ(row_of(dragonfly_of(1)).radix(dragonfly_of(1)), 2 + 2);  // of either
    EXPECT_DOUBLE_EQ(capacity_of(dragonfly_of(3)), 24);
}

// Each two groups are joined by two cables; between all groups every global link is on some way,
// and leaf, group and other groups are 2, 4 and 5 links away.
TEST(DragonflyByHand, WaysUseEveryGlobalLinkOnce) {
    const FabricGraph graph = graph_of(dragonfly_of(3, Routing::adaptive));
    std::map<LinkId, std::set<std::pair<std::uint32_t, std::uint32_t>>> pairs;
    for (std::uint32_t a = 0; a < 24; ++a) {
        for (std::uint32_t b = 0; b < 24; ++b) {
            Ways ways;
            ways_on(graph, a, b, 0, ways);
            const std::size_t length = a == b ? 0 : a / 2 == b / 2 ? 2 : a / 6 == b / 6 ? 4 : 5;
            EXPECT_EQ(ways.count(), length < 4 ? 1U : 2U) << a << " " << b;
            for (std::size_t i = 0; i < ways.count(); ++i) {
                ASSERT_EQ(ways.way(i).size(), length) << a << " " << b;
                if (length == 5) pairs[ways.way(i)[2]].insert({a / 6, b / 6});
            }
        }
    }
    EXPECT_EQ(pairs.size(), 24U);
    for (const auto& [link, of] : pairs) EXPECT_EQ(of.size(), 1U) << graph.name(link);
}

// A cable's two directions have one spine at each end: the way back goes down where the way there
// went up.
TEST(DragonflyByHand, TheWayBackIsTheSameCable) {
    const FabricGraph graph = graph_of(dragonfly_of(3, Routing::adaptive));
    const auto spine = [&](LinkId link) {
        return graph.name(link).substr(graph.name(link).find("spine"));
    };
    Ways there, back;
    ways_on(graph, 0, 23, 0, there);
    ways_on(graph, 23, 0, 0, back);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(spine(there.way(i)[1]), spine(back.way(i)[3]));
        EXPECT_EQ(spine(there.way(i)[3]), spine(back.way(i)[1]));
    }
}

// Whole domains alone count, with rails whole rows of them as wide as a leaf.
TEST(ShapeByHand, CapacityIsOfWholeDomains) {
    FabricShape shape = tree_of({{4, 1}, {8, 1}}, 8);  // 32 ports a plane
    shape.domain = {.endpoints = 8, .ports = 4};
    EXPECT_DOUBLE_EQ(capacity_of(shape), 32 / 4 * 8);
    shape.planes = 2;
    EXPECT_DOUBLE_EQ(capacity_of(shape), 32 / 2 * 8);
    shape.rails = true;
    EXPECT_EQ(domains_on_rail(shape), 4U);
    EXPECT_DOUBLE_EQ(capacity_of(shape), 32 / (2 * 4) * 4 * 8);
    shape.planes = 1;
    shape.domain.ports = 5;  // a row of four domains takes 20 of the 32 ports: one row
    shape.domain.endpoints = 5;
    EXPECT_DOUBLE_EQ(capacity_of(shape), 4 * 5);
    shape.rails = false;
    EXPECT_DOUBLE_EQ(capacity_of(shape), 6 * 5);
    const FabricShape alone{.domain = {.endpoints = 72}};
    EXPECT_DOUBLE_EQ(capacity_of(alone), 72);
    EXPECT_FALSE(has_outside(alone));
}

TEST(ShapeByHand, RatesInsideAndOutside) {
    Domain d{.kind = FabricKind::full_mesh, .endpoints = 8, .port = 10 * unit::GBps};
    EXPECT_DOUBLE_EQ(inside_rate(d).in(unit::GBps), 70);
    d.kind = FabricKind::torus;
    d.dimensions = {2, 4};
    EXPECT_DOUBLE_EQ(inside_rate(d).in(unit::GBps), 40);
    d.kind = FabricKind::tree;
    d.tree.tiers = {{8, 1, 450 * unit::GBps, hop}};
    EXPECT_DOUBLE_EQ(inside_rate(d).in(unit::GBps), 450);
    d.endpoints = 1;
    EXPECT_DOUBLE_EQ(inside_rate(d).in(unit::GBps), 0);
    EXPECT_DOUBLE_EQ(port_rate(tree_of({{4, 1}}, 4)) / port, 1);
    EXPECT_DOUBLE_EQ(port_rate({}).si(), 0);
    // ports are those of all domains that are begun
    FabricShape shape = tree_of({{4, 1}, {8, 1}}, 17);
    shape.domain = {.endpoints = 8, .ports = 4};
    EXPECT_DOUBLE_EQ(ports_of_plane(shape), 3 * 4);
    shape.planes = 4;
    EXPECT_DOUBLE_EQ(ports_of_plane(shape), 3);
    EXPECT_EQ(ports_in_plane(shape), 1U);
}

std::string reach_of(const FabricShape& shape) {
    std::string text;
    for (const Reach& r : row_of(shape).reaches(shape, ports_of_plane(shape))) {
        text += fmt::format("{:g} {:g}us {:.4g}; ", r.ports, r.hop.in(unit::us), r.share);
    }
    return text;
}

// Each tier further is two links more; what is left of a port's rate beyond it is the part of the
// links up below.
TEST(ReachByHand, OfTreesAndLattices) {
    EXPECT_EQ(reach_of(tree_of({{4, 2}, {3, 4}, {5, 1}}, 60)),
              "4 1us 1; 12 2us 0.5; 60 2us 0.125; ");
    EXPECT_EQ(reach_of(mesh_of(6)), "6 1us 1; ");
    // 8 nodes on a ring are 2 hops apart in the mean, and each byte meets itself once: 2 x 8 / 8
    EXPECT_EQ(reach_of(lattice(FabricKind::torus, {8})), "8 2us 0.5; ");
    EXPECT_EQ(reach_of(lattice(FabricKind::grid, {6})), "6 2us 0.3333; ");
}

// Six hosts of a group share the links to the groups in use. Four links out of each of two spines
// make eight, six of which are dealt out to three other groups; two are left over.
TEST(ReachByHand, OfDragonfliesCountsLinksThatWaysUse) {
    EXPECT_EQ(reach_of(dragonfly_of(3)), "2 1us 1; 6 2us 1; 24 3us 1; ");
    EXPECT_EQ(reach_of(dragonfly_of(4)), "2 1us 1; 6 2us 1; 24 3us 1; ");
    EXPECT_EQ(reach_of(dragonfly_of(2)), "2 1us 1; 6 2us 1; 24 3us 0.5; ");  // one a pair
    // two groups in use are joined by two links, whatever the others have
    EXPECT_EQ(reach_of(dragonfly_of(3, Routing::ecmp, 12)), "2 1us 1; 6 2us 1; 12 3us 0.3333; ");
    EXPECT_EQ(reach_of(dragonfly_of(3, Routing::ecmp, 6)), "2 1us 1; 6 2us 1; 6 3us 1; ");
}

// The same numbers by brute force: what the fullest link between groups carries when all exchange
// with all, over what a port does.
TEST(ReachLaw, OfDragonfliesIsWhatAnExchangeHasLeft) {
    for (const std::uint32_t global_links : {2U, 3U, 4U}) {
        for (const std::uint32_t endpoints : {12U, 18U, 24U}) {
            const FabricShape shape = dragonfly_of(global_links, Routing::adaptive, endpoints);
            const FabricGraph graph = graph_of(shape);
            std::vector<double> load(graph.capacity.size());
            for (std::uint32_t a = 0; a < endpoints; ++a) {
                for (std::uint32_t b = 0; b < endpoints; ++b) {
                    if (a / 6 == b / 6) continue;
                    Ways ways;
                    ways_on(graph, a, b, 0, ways);
                    for (std::size_t i = 0; i < ways.count(); ++i) {
                        for (const LinkId link : ways.way(i)) load[link] += ways.share[i];
                    }
                }
            }
            double up = 0, global = 0;
            for (LinkId link = 0; link < load.size(); ++link) {
                double& most = graph.tier[link] == 0 ? up : global;
                if (graph.tier[link] != 1) most = std::max(most, load[link]);
            }
            const auto reaches = row_of(shape).reaches(shape, endpoints);
            EXPECT_NEAR(reaches.back().share, std::min(1.0, up / global), 1e-12)
                << global_links << " " << endpoints;
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
