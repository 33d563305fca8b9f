// Topologies as graphs: ways, rates, failed links, tables of flows.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/collective/algorithms.h"
#include "millwright/intake/shape_file.h"
#include "millwright/trace/flow_table.h"

namespace millwright {
namespace TEST_FILE {

FabricGraph fat_tree(std::uint32_t hosts, Routing routing) {
    return graph_of({.kind = FabricKind::fat_tree, .endpoints = hosts, .routing = routing});
}

std::vector<LinkId> way(const FabricGraph& graph, std::uint32_t from, std::uint32_t to,
                        std::uint64_t flow = 0) {
    Ways ways;
    ways_on(graph, from, to, flow, ways);
    return {ways.way(0).begin(), ways.way(0).end()};
}

FabricGraph named(const std::string& name, std::uint32_t endpoints, Routing routing) {
    FabricShape shape = shape_named(name).value();
    shape.endpoints = endpoints;
    shape.routing = routing;
    return graph_of(shape);
}

TEST(FatTree, WaysAreAsLongAsTheDistance) {
    for (const Routing routing : {Routing::single, Routing::ecmp, Routing::adaptive}) {
        const FabricGraph tree = fat_tree(5000, routing);  // 32 hosts an edge, 1,024 a pod
        EXPECT_EQ(way(tree, 7, 7).size(), 0U);
        EXPECT_EQ(way(tree, 0, 31).size(), 2U);
        EXPECT_EQ(way(tree, 0, 32).size(), 4U);
        EXPECT_EQ(way(tree, 0, 1024).size(), 6U);
        for (std::uint32_t host = 0; host < 5000; host += 97) {
            for (const LinkId link : way(tree, 4999, host, host)) {
                EXPECT_LT(link, tree.capacity.size());
            }
        }
    }
    EXPECT_EQ(fat_tree_radix(65536), 64U);
    EXPECT_EQ(fat_tree_radix(65537), 128U);
    EXPECT_EQ(fat_tree_radix(746497), 0U);
}

// A permutation over a tree that does not block, spread over all ways, runs at the port's rate.
TEST(FatTree, SpreadTrafficIsNotBlocked) {
    const FabricGraph tree = fat_tree(4096, Routing::adaptive);
    FlowProblem p = problem_of(tree);
    for (std::uint32_t host = 0; host < 4096; ++host) {
        p.add(way(tree, host, (host * 2049 + 77) % 4096, host), 50 * unit::GB, Seconds{});
    }
    for (const Seconds s : run_flows(p).finish) EXPECT_LE(s.si(), 1 + 3.1e-6);
}

// Two tiers of 4 hosts and 4 switches, 2:1: two links up from each switch.
TEST(FatTree, OversubscribedTiersHaveFewerLinksUp) {
    FabricShape shape = parse_shape(
                            "port = \"10 GB/s\"\nhop = \"1 us\"\n[[tier]]\nwidth = 4\n"
                            "oversubscription = 2\n[[tier]]\nwidth = 4\n",
                            "f.toml")
                            .value();
    EXPECT_EQ(links_up(shape.tree, 0), 2U);
    EXPECT_EQ(capacity_of(shape), 16);
    shape.endpoints = 16;
    shape.routing = Routing::adaptive;
    const FabricGraph tree = graph_of(shape);
    FlowProblem p = problem_of(tree);
    for (std::uint32_t host = 0; host < 4; ++host) {  // all of one switch to another
        p.add(way(tree, host, host + 4, host), 10 * unit::GB, Seconds{});
    }
    for (const Seconds s : run_flows(p).finish) EXPECT_NEAR(s.si(), 2 + 4e-6, 1e-9);
    EXPECT_EQ(tree.name(way(tree, 0, 4)[1]), "tier 1 group 0 up, all links");
    const auto refused = parse_shape("port = \"10 GB\"\n[[tier]]\nwide = 4\n", "f.toml");
    ASSERT_FALSE(refused);
    for (const char* part : {"f.toml:1:", "lacks 'width'", "'wide'", "'port'"}) {
        EXPECT_TRUE(contains(to_text(refused.error()), part)) << to_text(refused.error());
    }
    const auto more = parse_shape(
        "rails = true\n[domain]\nendpoints = 6\nports = 4\n"
        "port = \"1 GB/s\"\nhop = \"1 us\"\n[[tier]]\nwidth = 4\n",
        "f.toml");
    ASSERT_FALSE(more);
    for (const char* part : {"lacks 'port'", "lacks 'hop'", "do not divide"}) {
        EXPECT_TRUE(contains(to_text(more.error()), part)) << to_text(more.error());
    }
}

// Eight chips a server, a plane a chip: the same chip of another server over its own plane; another
// chip over the scale-up fabric first and then the plane of the one that receives.
TEST(Planes, DataCrossesPlanesInsideTheServer) {
    const FabricGraph g = named("h800-planes", 1024, Routing::ecmp);
    const auto straight = way(g, 0, 8);
    ASSERT_EQ(straight.size(), 2U);
    EXPECT_EQ(g.name(straight[0]), "plane 0 port 0 up");
    EXPECT_EQ(g.name(straight[1]), "plane 0 port 1 down");
    const auto across = way(g, 0, 11);
    ASSERT_EQ(across.size(), 4U);
    EXPECT_EQ(g.name(across[0]), "scale-up chip 0 up");
    EXPECT_EQ(g.name(across[1]), "scale-up chip 3 down");
    EXPECT_EQ(g.name(across[2]), "plane 3 port 0 up");
    EXPECT_EQ(g.name(across[3]), "plane 3 port 1 down");
    EXPECT_EQ(way(g, 0, 3).size(), 2U);
    EXPECT_EQ(way(g, 0, 8 * 32).size(), 4U);  // another leaf
}

TEST(Planes, WithoutForwardingNoWayLeadsAcross) {
    FabricShape shape = shape_named("h800-planes").value();
    shape.endpoints = 64;
    shape.domain.forwards = false;
    const FabricGraph g = graph_of(shape);
    Ways ways;
    ways_on(g, 0, 11, 0, ways);
    EXPECT_EQ(ways.count(), 0U);
    EXPECT_EQ(way(g, 3, 11).size(), 2U);
}

// Rails: chips of one number in 32 servers are under one leaf.
TEST(Rails, LikeChipsShareALeaf) {
    const FabricGraph g = named("rail-optimised", 8 * 64, Routing::ecmp);
    EXPECT_EQ(way(g, 5, 8 * 31 + 5).size(), 2U);
    EXPECT_EQ(way(g, 5, 8 * 32 + 5).size(), 4U);
    EXPECT_EQ(way(g, 5, 8 * 31 + 6).size(), 4U);  // through the chip's neighbour
}

// Two chips behind one PCIe switch share its network card; the other socket is a hop further.
TEST(Pcie, CardsAreSharedAndSocketsAreFar) {
    const FabricGraph g = named("pcie-5-numa", 16, Routing::ecmp);
    EXPECT_EQ(way(g, 0, 1).size(), 2U);
    EXPECT_EQ(way(g, 0, 2).size(), 4U);
    EXPECT_EQ(way(g, 0, 4).size(), 6U);
    const auto one = way(g, 0, 8);
    const auto other = way(g, 1, 9);
    EXPECT_EQ(one.size(), 4U);    // up to the PCIe switch, two network links, and down
    EXPECT_EQ(one[1], other[1]);  // the same card
    EXPECT_NE(way(g, 2, 10)[1], one[1]);
}

TEST(Torus, WaysGoTheShorterWayRound) {
    const FabricGraph g = named("tpu-v4-pod", 4096, Routing::single);
    EXPECT_EQ(way(g, 0, 1).size(), 1U);
    EXPECT_EQ(way(g, 0, 15).size(), 1U);  // around
    EXPECT_EQ(way(g, 0, 8).size(), 8U);
    EXPECT_EQ(way(g, 0, 4095).size(), 3U);  // one back in each dimension
    EXPECT_EQ(g.name(way(g, 0, 15)[0]), "node 0 x-");
    FabricShape grid{.kind = FabricKind::grid,
                     .endpoints = 16,
                     .dimensions = {4, 4},
                     .port = 1 * unit::GBps,
                     .hop = 1 * unit::us};
    EXPECT_EQ(way(graph_of(grid), 0, 15).size(), 6U);
}

// Ways over all orders of three dimensions are as long as the distance (8, 3 and 2), and their
// shares add up to the flow.
TEST(Torus, SpreadWaysCarryAllOfAFlow) {
    const FabricGraph g = named("tpu-v4-pod", 4096, Routing::adaptive);
    Ways ways;
    ways_on(g, 0, 8 + 16 * 3 + 256 * 2, 0, ways);
    double sum = 0;
    for (std::size_t i = 0; i < ways.count(); ++i) {
        sum += ways.share[i];
        EXPECT_EQ(ways.way(i).size(), 13U);
    }
    EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(Dragonfly, GroupsAreTwoLinksApart) {
    const FabricGraph g = named("dragonfly-plus", 8448, Routing::ecmp);
    EXPECT_EQ(way(g, 0, 1).size(), 2U);
    EXPECT_EQ(way(g, 0, 16).size(), 4U);
    EXPECT_EQ(way(g, 0, 256).size(), 5U);
    std::set<LinkId> seen;
    for (std::uint64_t flow = 0; flow < 200; ++flow) seen.insert(way(g, 0, 256, flow)[2]);
    EXPECT_EQ(seen.size(), 8U);  // 16 x 16 global links to 32 other groups
}

TEST(FullMesh, EveryPairHasALink) {
    const FabricGraph g = graph_of({.kind = FabricKind::full_mesh,
                                    .endpoints = 8,
                                    .port = 28 * unit::GBps,
                                    .hop = 1 * unit::us});
    std::set<LinkId> seen;
    for (std::uint32_t i = 0; i < 8; ++i) {
        for (std::uint32_t j = 0; j < 8; ++j) {
            if (i != j) seen.insert(way(g, i, j)[0]);
        }
    }
    EXPECT_EQ(seen.size(), 56U);
}

TEST(Failures, FlowsGoAroundAndTheCutOffAreTold) {
    FabricShape shape{.kind = FabricKind::fat_tree, .endpoints = 2048};
    const FabricGraph whole = graph_of(shape);
    const std::string lost = whole.name(way(whole, 0, 100)[1]);
    shape.degraded = {{lost, 0}};
    std::vector<std::string> unknown;
    const FabricGraph broken = graph_of(shape, &unknown);
    EXPECT_TRUE(unknown.empty());
    for (std::uint64_t flow = 0; flow < 500; ++flow) {
        for (const LinkId link : way(broken, 0, 100, flow)) EXPECT_NE(broken.name(link), lost);
    }
    shape.degraded = {{"host 0 up", 0}, {"no such link", 0}};
    const FabricGraph cut = graph_of(shape, &unknown);
    EXPECT_EQ(unknown, std::vector<std::string>{"no such link"});
    Ways ways;
    ways_on(cut, 0, 1, 0, ways);
    EXPECT_EQ(ways.count(), 0U);
    // of a bundle of 32 links one is lost
    shape.routing = Routing::adaptive;
    shape.degraded = {{"tier 1 group 0 up, link 4", 0}};
    const FabricGraph bundled = graph_of(shape, &unknown);
    const LinkId link = way(bundled, 0, 100)[1];
    EXPECT_NEAR(bundled.capacity[link].in(50 * unit::GBps), 31, 1e-9);
}

// With spread or fixed ways, less rate anywhere makes no collective faster.
TEST(FailuresLaw, NothingIsFasterForAFailure) {
    EXPECT_TRUE(rc::check([] {
        FabricShape shape =
            shape_named(*rc::gen::element<std::string>("h800-planes", "rail-optimised", "fat-tree"))
                .value();
        shape.endpoints = 256;
        shape.routing = *rc::gen::element(Routing::single, Routing::adaptive);
        const FabricGraph whole = graph_of(shape);
        const auto link = *rc::gen::inRange<std::size_t>(0, whole.capacity.size());
        shape.degraded = {{whole.name(static_cast<LinkId>(link)), 0.5}};
        const FabricGraph slower = graph_of(shape);
        const auto collective = *rc::gen::element(Collective::all_reduce, Collective::all_gather);
        const CollectiveRequest request{collective, 64 * unit::MiB, {.size = 256}, {}};
        for (const auto algorithm :
             {Algorithm::ring, Algorithm::hierarchical, Algorithm::halving_doubling}) {
            if (!does(algorithm, whole, request)) continue;
            const auto phases = phases_of(algorithm, whole, request);
            const Seconds before = flow_time(whole, request.team, phases);
            const Seconds after = flow_time(slower, request.team, phases);
            RC_ASSERT(after >= before * (1 - 1e-9));
            RC_ASSERT(closed_time(slower, request.team, phases) >=
                      closed_time(whole, request.team, phases) * (1 - 1e-9));
        }
    }));
}

CsvTable table(const char* text) { return parse_csv(text, "t.csv").value(); }

TEST(FlowTable, CablesAndFaults) {
    const CsvTable cables =
        table("from,to,capacity_GBps,latency_s\na,s,50,1e-6\nb,s,50,1e-6\ns,c,50,1e-6\n");
    const CsvTable flows = table("source,destination,bytes,start_s\na,c,1e9,0\nb,c,1e9,0\n");
    const FlowCase both = flows_on_cables(flows, cables, Routing::ecmp, {}).value();
    const FlowOutcome o = run_flows(both.problem);
    EXPECT_NEAR(o.finish[0].si(), 0.04 + 2e-6, 1e-12);
    EXPECT_EQ(both.graph.name(both.problem.way(0)[1]), "s to c");
    const auto slow = flows_on_cables(flows, cables, Routing::ecmp, {{"s to c", 0.5}}).value();
    EXPECT_NEAR(run_flows(slow.problem).finish[0].si(), 0.08 + 2e-6, 1e-12);
    const auto cut = flows_on_cables(flows, cables, Routing::ecmp, {{"s to c", 0}});
    ASSERT_FALSE(cut);
    EXPECT_TRUE(contains(to_text(cut.error()), "no way leads from 'a' to 'c'"));
    const auto refused =
        flows_on_cables(table("source,destination,bytes,start_s\na,x,1e9,0\na,c,-1,soon\n"), cables,
                        Routing::ecmp, {});
    ASSERT_FALSE(refused);
    const std::string text = to_text(refused.error());
    EXPECT_TRUE(contains(text, "t.csv:3")) << text;
    EXPECT_TRUE(contains(text, "'-1' in bytes")) << text;
    EXPECT_TRUE(contains(text, "'soon' in start_s")) << text;
    const auto far =
        flows_on_shape(table("source,destination,bytes,start_s\n0,746496,1,0\nx,1,1,0\n"),
                       {.kind = FabricKind::fat_tree});
    ASSERT_FALSE(far);
    EXPECT_TRUE(contains(to_text(far.error()), "'746496' is no endpoint of the fabric"));
    EXPECT_TRUE(contains(to_text(far.error()), "'x' is no endpoint"));
}

TEST(Cables, SpreadFlowsTakeAllShortestWays) {
    const CsvTable cables = table(
        "from,to,capacity_GBps,latency_s\n0,s,50,1e-6\ns,u,25,1e-6\ns,v,25,1e-6\nu,t,25,1e-6\n"
        "v,t,25,1e-6\nt,1,50,1e-6\n");
    const CsvTable flows = table("source,destination,bytes,start_s\n0,1,1e9,0\n");
    const FlowCase spread = flows_on_cables(flows, cables, Routing::adaptive, {}).value();
    EXPECT_EQ(spread.problem.flows(), 2U);
    const FlowOutcome o = run_flows(spread.problem);
    EXPECT_NEAR(finish_of(spread, o)[0].si(), 0.02 + 4e-6, 1e-12);
    EXPECT_EQ(endpoints_of(read_cables(cables, {}).value()).size(), 2U);
}

}  // namespace TEST_FILE
}  // namespace millwright
