// Fabrics given cable by cable: long, wide and random ones.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <cmath>
#include <numeric>
#include <queue>

#include "millwright/base/units.h"
#include "millwright/collective/algorithms.h"
#include "millwright/fabric/edges.h"

namespace millwright {
namespace TEST_FILE {

void join(EdgeGraph& graph, std::uint32_t a, std::uint32_t b) {
    const std::uint32_t from = node_named(graph, std::to_string(a));
    add_cable(graph, from, node_named(graph, std::to_string(b)), 50 * unit::GBps, 500 * unit::ns);
}

FabricGraph of_all(const EdgeGraph& edges, Routing routing) {
    std::vector<std::uint32_t> nodes(edges.nodes.size());
    std::iota(nodes.begin(), nodes.end(), 0U);
    return graph_of(edges, nodes, routing);
}

EdgeGraph line_of(std::uint32_t cables) {
    EdgeGraph edges;
    for (std::uint32_t i = 0; i < cables; ++i) join(edges, i, i + 1);
    return edges;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

TEST(Edges, WaysOfAHundredThousandHopsAreFollowed) {
    constexpr std::uint32_t cables = 100'000;
    const EdgeGraph line = line_of(cables);
    for (const Routing routing : {Routing::adaptive, Routing::ecmp, Routing::single}) {
        const FabricGraph graph = of_all(line, routing);
        Ways ways;
        graph.route(0, cables, 7, ways);
        ASSERT_EQ(ways.count(), 1U) << name_of(routing);
        EXPECT_EQ(ways.links.size(), cables) << name_of(routing);
        EXPECT_NEAR(latency_between(graph, cables, 0).si(), 0.05, 1e-9);
    }
}

// Ten thousand diamonds in a row have 2^10,000 shortest ways.
TEST(Edges, WaysBeyondNumberAreSomeOfThem) {
    EdgeGraph edges;
    constexpr std::uint32_t diamonds = 10'000;
    for (std::uint32_t i = 0; i < diamonds; ++i) {
        for (const std::uint32_t between : {3 * i + 1, 3 * i + 2}) {
            join(edges, 3 * i, between);
            join(edges, between, 3 * i + 3);
        }
    }
    const FabricGraph graph = of_all(edges, Routing::adaptive);
    Ways ways;
    graph.route(0, edges.index.at(std::to_string(3 * diamonds)), 0, ways);
    EXPECT_EQ(ways.count(), 256U);
    EXPECT_EQ(ways.links.size(), 256U * 2 * diamonds);
    EXPECT_NEAR(std::accumulate(ways.share.begin(), ways.share.end(), 0.0), 1, 1e-9);
}

// More destinations than distances are kept for, each near its source.
TEST(Edges, DestinationsAreForgottenAndFoundAgain) {
    constexpr std::uint32_t cables = 100'000;
    const auto begin = std::chrono::steady_clock::now();
    const FabricGraph graph = of_all(line_of(cables), Routing::ecmp);
    for (int turn = 0; turn < 2; ++turn) {
        for (std::uint32_t to = 10; to < 1500; ++to) {
            Ways ways;
            graph.route(to - 10, to, 0, ways);
            ASSERT_EQ(ways.links.size(), 10U);
            ASSERT_EQ(ways.links.front(), 2 * (to - 10));
        }
    }
    EXPECT_LT(seconds_since(begin), 60);  // seconds: tables of all nodes would take minutes
}

TEST(Edges, AStarOfThirtyThousandTakesOneTableOfDistances) {
    constexpr std::uint32_t leaves = 30'000;
    EdgeGraph star;
    node_named(star, "hub");
    for (std::uint32_t i = 0; i < leaves; ++i) {
        const std::uint32_t leaf = node_named(star, std::to_string(i));
        add_cable(star, leaf, 0, 50 * unit::GBps, 500 * unit::ns);
    }
    const auto begin = std::chrono::steady_clock::now();
    for (const Routing routing : {Routing::ecmp, Routing::adaptive}) {
        const FabricGraph graph = graph_of(star, endpoints_of(star), routing);
        const CollectiveRequest request{Collective::all_reduce, 1 * unit::GB, {.size = leaves}, {}};
        const auto phases = phases_of(Algorithm::ring, graph, request);
        const double turns = 2.0 * (leaves - 1);
        const double turn = 1e9 / leaves / 50e9 + 1e-6;
        EXPECT_NEAR(closed_time(graph, request.team, phases).si() / (turns * turn), 1, 1e-9);
        EXPECT_NEAR(flow_time(graph, request.team, phases).si() / (turns * turn), 1, 1e-6);
    }
    EXPECT_LT(seconds_since(begin), 30);
}

/// Hops by a search of its own.
std::vector<std::uint32_t> hops_from(const EdgeGraph& edges, std::uint32_t source) {
    constexpr std::uint32_t never = ~0U;
    std::vector<std::uint32_t> hops(edges.nodes.size(), never);
    std::queue<std::uint32_t> queue;
    hops[source] = 0;
    for (queue.push(source); !queue.empty(); queue.pop()) {
        const std::uint32_t at = queue.front();
        for (LinkId link = 0; link < edges.from.size(); ++link) {
            if (edges.from[link] != at || edges.capacity[link] <= Bandwidth{}) continue;
            if (hops[edges.to[link]] != never) continue;
            hops[edges.to[link]] = hops[at] + 1;
            queue.push(edges.to[link]);
        }
    }
    return hops;
}

void check_way(const EdgeGraph& edges, std::span<const LinkId> way, std::uint32_t from,
               std::uint32_t to) {
    for (const LinkId link : way) {
        RC_ASSERT(edges.from[link] == from);
        RC_ASSERT(edges.capacity[link] > Bandwidth{});
        from = edges.to[link];
    }
    RC_ASSERT(from == to);
}

// Against a breadth-first search of its own: ways lead from end to end over links that work, are as
// long as the distance, and are there exactly where a way is.
TEST(EdgesLaw, WaysOnRandomGraphsAreShortestAndWhole) {
    EXPECT_TRUE(rc::check([] {
        EdgeGraph edges;
        const auto nodes = *rc::gen::inRange(2U, 30U);
        const auto cables = *rc::gen::inRange(1U, 60U);
        for (std::uint32_t i = 0; i < nodes; ++i) node_named(edges, std::to_string(i));
        for (std::uint32_t i = 0; i < cables; ++i) {
            const auto a = *rc::gen::inRange(0U, nodes);
            const auto b = *rc::gen::inRange(0U, nodes);
            if (a != b) join(edges, a, b);
        }
        for (Bandwidth& capacity : edges.capacity) {  // some fail, one way
            if (*rc::gen::inRange(0, 20) == 0) capacity = Bandwidth{};
        }
        const Routing routing =
            *rc::gen::element(Routing::ecmp, Routing::single, Routing::adaptive);
        const FabricGraph graph = of_all(edges, routing);
        for (std::uint32_t from = 0; from < nodes; ++from) {
            const auto hops = hops_from(edges, from);
            for (std::uint32_t to = 0; to < nodes; ++to) {
                Ways ways;
                graph.route(from, to, 5, ways);
                RC_ASSERT((ways.count() > 0) == (hops[to] != ~0U));
                double shares = 0;
                for (std::size_t i = 0; i < ways.count(); ++i) {
                    RC_ASSERT(ways.way(i).size() == hops[to]);
                    check_way(edges, ways.way(i), from, to);
                    shares += ways.share[i];
                }
                RC_ASSERT(ways.count() == 0 || std::abs(shares - 1) < 1e-9);
            }
        }
    }));
}

TEST(Edges, EndpointsThatNoCableJoinsAreTold) {
    EdgeGraph edges;
    join(edges, 0, 1);
    join(edges, 2, 3);
    const FabricGraph graph = of_all(edges, Routing::ecmp);
    const CollectiveRequest request{Collective::all_reduce, 1 * unit::GB, {.size = 4}, {}};
    const auto phases = phases_of(Algorithm::ring, graph, request);
    EXPECT_THROW(closed_time(graph, request.team, phases), CutOff);
    EXPECT_THROW(flow_time(graph, request.team, phases), CutOff);
}

TEST(Edges, FlowsThatNeedTooMuchMemoryAreRefusedBeforeItIsTaken) {
    FlowProblem flows;
    flows.capacity.assign(1, 50 * unit::GBps);
    flows.latency.assign(1, Seconds{});
    std::vector<LinkId> way;
    way.reserve(most_crossings + 1);  // never touched
    EXPECT_THROW(flows.add({way.data(), way.capacity()}, 1 * unit::B, Seconds{}), TooLarge);
    EXPECT_EQ(flows.flows(), 0U);
}

}  // namespace TEST_FILE
}  // namespace millwright
