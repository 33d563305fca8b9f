// Degraded and failed links, and the ways that are left, on fabrics of every kind.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/base/units.h"
#include "millwright/fabric/edges.h"
#include "millwright/fabric/failures.h"

namespace millwright {
namespace TEST_FILE {

constexpr Bandwidth port = 50 * unit::GBps;

/// Three tiers of 4, 4 and 8: leaves have four links up, pods sixteen.
FabricShape tree(Routing routing, std::vector<Degraded> degraded = {}) {
    FabricShape shape{.kind = FabricKind::tree, .endpoints = 128, .routing = routing};
    shape.tree.tiers = {
        {4, 1, port, 1 * unit::us}, {4, 1, port, 1 * unit::us}, {8, 1, port, 1 * unit::us}};
    shape.degraded = std::move(degraded);
    return shape;
}

FabricShape rails(Routing routing, std::uint32_t endpoints = 64) {
    FabricShape shape{.kind = FabricKind::tree, .endpoints = endpoints, .routing = routing};
    shape.tree.tiers = {{4, 1, port, 1 * unit::us}, {16, 1, port, 1 * unit::us}};
    shape.rails = true;
    shape.domain = {.endpoints = 8, .ports = 8};
    shape.domain.tree.tiers = {{8, 1, 9 * port, 100 * unit::ns}};
    return shape;
}

std::vector<LinkId> way(const FabricGraph& graph, std::uint32_t from, std::uint32_t to,
                        std::uint64_t flow = 0) {
    Ways ways;
    ways_on(graph, from, to, flow, ways);
    if (ways.count() == 0) return {};
    return {ways.way(0).begin(), ways.way(0).end()};
}

double rate_left(const std::vector<Degraded>& degraded, const char* name) {
    const FabricGraph graph = graph_of(tree(Routing::adaptive, degraded));
    for (LinkId link = 0; link < graph.capacity.size(); ++link) {
        if (graph.name(link) == name) return graph.capacity[link] / port;
    }
    return -1;
}

// A bundle of four links: each that fails takes a quarter, the last one all that is left.
TEST(DegradedByHand, LinksOfABundleAddUp) {
    const char* bundle = "tier 1 group 3 up, all links";
    const auto link = [](int i) { return fmt::format("tier 1 group 3 up, link {}", i); };
    EXPECT_DOUBLE_EQ(rate_left({}, bundle), 4);
    EXPECT_DOUBLE_EQ(rate_left({{link(0), 0}}, bundle), 3);
    EXPECT_DOUBLE_EQ(rate_left({{link(0), 0}, {link(1), 0}}, bundle), 2);
    EXPECT_DOUBLE_EQ(rate_left({{link(0), 0.5}, {link(1), 0.25}}, bundle), 2.75);
    EXPECT_DOUBLE_EQ(rate_left({{link(0), 0.5}, {link(0), 0.5}}, bundle), 3.25);
    EXPECT_DOUBLE_EQ(rate_left({{"tier 1 group 3 up", 0.5}, {link(0), 0}}, bundle), 1.5);
    EXPECT_DOUBLE_EQ(rate_left({{link(0), 0}, {"tier 1 group 3 up", 0.5}}, bundle), 1.5);
    std::vector<Degraded> all;
    for (int i = 0; i < 4; ++i) all.push_back({link(i), 0});
    EXPECT_DOUBLE_EQ(rate_left(all, bundle), 0);
    EXPECT_TRUE(graph_of(tree(Routing::adaptive, all)).impaired);
    EXPECT_TRUE(cut_off(graph_of(tree(Routing::adaptive, all))));
}

// Whichever the routing, names of the same links are links and other names are none.
TEST(DegradedByHand, NamesAreTheSameForEveryRouting) {
    for (const Routing routing : {Routing::single, Routing::ecmp, Routing::adaptive}) {
        for (const char* name :
             {"host 0 up", "host 127 down", "tier 1 group 0 up", "tier 1 group 31 down",
              "tier 1 group 0 up, link 0", "tier 1 group 0 up, link 3", "tier 2 group 7 down",
              "tier 2 group 7 up, link 15", "host 3", "host"}) {
            EXPECT_TRUE(unknown_links(tree(routing, {{name, 0.5}})).empty())
                << name << " " << name_of(routing);
        }
        for (const char* name : {"", "host 128 up", "tier 1 group 32 up",
                                 "tier 1 group 0 up, link 4", "tier 1 group 0 up, link -1",
                                 "tier 1 group 0 up, link 1.0", "tier 1 group 0 up, link ",
                                 "tier 1 group 0 up, link 01", "tier 2 group 7 up, link 16",
                                 "tier 3 group 0 up", "hos", "tier 1 group 0 up, links"}) {
            EXPECT_EQ(unknown_links(tree(routing, {{name, 0.5}})).size(), 1U)
                << name << " " << name_of(routing);
        }
    }
}

// "tier 1 group 3" hurts all links of the switch and none of group 31.
TEST(DegradedByHand, ASwitchIsNotItsNamesake) {
    const FabricGraph graph = graph_of(tree(Routing::ecmp, {{"tier 1 group 3", 0.5}}));
    std::set<std::string> hurt;
    for (LinkId link = 0; link < graph.capacity.size(); ++link) {
        if (graph.capacity[link] < port) hurt.insert(graph.name(link));
    }
    EXPECT_EQ(hurt.size(), 8U);  // four up, four down
    for (const std::string& name : hurt) EXPECT_TRUE(name.starts_with("tier 1 group 3 ")) << name;
    EXPECT_TRUE(graph.degraded);
    EXPECT_FALSE(graph.impaired);
}

// What a bundle has left is what its links have left where each is by itself.
TEST(DegradedLaw, ABundleIsItsLinks) {
    EXPECT_TRUE(rc::check([] {
        std::vector<Degraded> degraded;
        for (int i = *rc::gen::inRange(1, 8); i > 0; --i) {
            const int tier = *rc::gen::inRange(1, 3);
            std::string name = fmt::format("tier {} group {} {}", tier, *rc::gen::inRange(0, 3),
                                           *rc::gen::element<std::string>("up", "down"));
            if (*rc::gen::inRange(0, 4) > 0)
                name += fmt::format(", link {}", *rc::gen::inRange(0, tier == 1 ? 4 : 16));
            degraded.push_back({name, *rc::gen::element(0.0, 0.25, 0.5, 1.0)});
        }
        std::map<std::string, double> sums, bundles;
        const FabricGraph apart = graph_of(tree(Routing::ecmp, degraded));
        for (LinkId link = 0; link < apart.capacity.size(); ++link) {
            const std::string name = apart.name(link);
            sums[name.substr(0, name.find(','))] += apart.capacity[link] / port;
        }
        const FabricGraph together = graph_of(tree(Routing::adaptive, degraded));
        for (LinkId link = 0; link < together.capacity.size(); ++link) {
            const std::string name = together.name(link);
            bundles[name.substr(0, name.find(','))] += together.capacity[link] / port;
        }
        RC_ASSERT(sums.size() == bundles.size());
        for (const auto& [name, sum] : sums) RC_ASSERT(std::abs(bundles.at(name) - sum) < 1e-9);
    }));
}

/// Whether a way's links lie end on end: up tier by tier, and down the same tiers.
bool climbs_and_descends(const FabricGraph& graph, const std::vector<LinkId>& links) {
    for (std::size_t i = 0; i < links.size(); ++i) {
        const std::size_t level = std::min(i, links.size() - 1 - i);
        const bool up = graph.name(links[i]).find(" up") != std::string::npos;
        if (graph.tier[links[i]] != level || up != (i < links.size() / 2)) return false;
    }
    return links.size() % 2 == 0;
}

// Fixed ways are as good as hashed ones at finding a way where one is: with three of four links of
// a leaf gone the fourth carries all.
TEST(FailedByHand, FixedWaysGoAroundToo) {
    for (const Routing routing : {Routing::single, Routing::ecmp, Routing::adaptive}) {
        for (int alive = 0; alive < 4; ++alive) {
            std::vector<Degraded> failed;
            for (int i = 0; i < 4; ++i) {
                if (i != alive) failed.push_back({fmt::format("tier 1 group 0 up, link {}", i), 0});
            }
            const FabricGraph graph = graph_of(tree(routing, failed));
            EXPECT_FALSE(cut_off(graph)) << name_of(routing) << " " << alive;
            for (std::uint32_t to = 1; to < 128; to += 9) {
                const auto links = way(graph, 0, to, to);
                ASSERT_FALSE(links.empty()) << name_of(routing) << " " << to;
                EXPECT_TRUE(climbs_and_descends(graph, links)) << to;
                for (const LinkId link : links) EXPECT_GT(graph.capacity[link], Bandwidth{});
            }
        }
    }
}

// Whoever sends to a destination goes up over the same links of a switch, with a failure too.
TEST(FailedByHand, FixedWaysAreTheDestinationsStill) {
    const std::string lost =
        graph_of(tree(Routing::single)).name(way(graph_of(tree(Routing::single)), 0, 77)[1]);
    for (const std::vector<Degraded>& degraded : {std::vector<Degraded>{}, {{lost, 0}}}) {
        const FabricGraph graph = graph_of(tree(Routing::single, degraded));
        for (std::uint32_t to = 64; to < 128; to += 13) {
            const auto first = way(graph, 0, to);
            for (std::uint32_t from = 1; from < 4; ++from) {  // under the same leaf
                const auto other = way(graph, from, to, 1234 + from);
                EXPECT_TRUE(std::equal(first.begin() + 1, first.end(), other.begin() + 1)) << to;
            }
        }
        EXPECT_EQ(way(graph, 0, 77).size(), 6U);
    }
}

// A host has one port: with it gone there is no way, and with all links of its leaf no way out.
TEST(FailedByHand, WhatHasNoWayIsTold) {
    for (const Routing routing : {Routing::single, Routing::ecmp, Routing::adaptive}) {
        const FabricGraph port_lost = graph_of(tree(routing, {{"host 5 down", 0}}));
        EXPECT_TRUE(way(port_lost, 9, 5).empty());
        EXPECT_FALSE(way(port_lost, 5, 9).empty());
        const auto cut = cut_off(port_lost);
        ASSERT_TRUE(cut);
        EXPECT_EQ(cut->second, 5U);
        const FabricGraph leaf_lost = graph_of(tree(routing, {{"tier 1 group 2 up", 0}}));
        EXPECT_TRUE(way(leaf_lost, 8, 0).empty());
        EXPECT_FALSE(way(leaf_lost, 8, 11).empty());  // under the same leaf
        EXPECT_FALSE(way(leaf_lost, 0, 8).empty());
    }
    EXPECT_FALSE(cut_off(graph_of(tree(Routing::ecmp, {{"tier 1 group 2 up", 0.01}}))));
}

// Of two ways that a flow is spread over one fails: the other carries all of it.
TEST(FailedByHand, SpreadFlowsMoveToWaysThatAreAlive) {
    FabricShape torus{.kind = FabricKind::torus, .endpoints = 16, .routing = Routing::adaptive};
    torus.dimensions = {4, 4};
    torus.port = port;
    torus.degraded = {{"node 0 x+", 0}};
    const FabricGraph graph = graph_of(torus);
    Ways ways;
    ways_on(graph, 0, 5, 0, ways);  // one ahead in x and in y: by x first, or by y first
    double share = 0;
    for (std::size_t i = 0; i < ways.count(); ++i) {
        EXPECT_EQ(graph.name(ways.way(i)[0]), "node 0 y+");
        share += ways.share[i];
    }
    EXPECT_DOUBLE_EQ(share, 1);
}

// Ways over trees of any size lead up and down once, whatever fails; those of flows far from a
// failure stay as they were.
TEST(RoutingLaw, WaysClimbAndDescendAndAvoidFailures) {
    EXPECT_TRUE(rc::check([] {
        const Routing routing =
            *rc::gen::element(Routing::single, Routing::ecmp, Routing::adaptive);
        const FabricGraph whole = graph_of(tree(routing));
        const auto lost =
            static_cast<LinkId>(*rc::gen::inRange<std::size_t>(0, whole.capacity.size()));
        const FabricGraph hurt = graph_of(tree(routing, {{whole.name(lost), 0}}));
        const auto from = *rc::gen::inRange(0U, 128U);
        const auto to = *rc::gen::inRange(0U, 128U);
        const auto flow = *rc::gen::arbitrary<std::uint64_t>();
        const auto before = way(whole, from, to, flow);
        const auto after = way(hurt, from, to, flow);
        RC_ASSERT(climbs_and_descends(whole, before));
        const bool meets = std::ranges::find(before, lost) != before.end();
        if (!meets) RC_ASSERT(after == before);
        if (meets && !after.empty()) {
            RC_ASSERT(climbs_and_descends(hurt, after));
            RC_ASSERT(after.size() == before.size());
            RC_ASSERT(std::ranges::find(after, lost) == after.end());
        }
        // a host's port, or a bundle that is one link, has none beside it
        const bool only = hurt.tier[lost] == 0 || routing == Routing::adaptive;
        if (meets && !only) RC_ASSERT(!after.empty());
    }));
}

// Eight domains of eight on rails, leaves of four ports: data leaves by the port of the receiver's
// number, so all 32 chips of four domains are one leaf apart, others two tiers.
TEST(RailsByHand, ARowOfDomainsIsALeafApart) {
    const FabricGraph graph = graph_of(rails(Routing::ecmp));
    for (std::uint32_t from = 0; from < 64; from += 3) {
        for (std::uint32_t to = 0; to < 64; ++to) {
            std::size_t outside = 0;
            for (const LinkId link : way(graph, from, to))
                outside += is_scale_up(graph, link) ? 0 : 1;
            const std::size_t expected = from / 8 == to / 8 ? 0 : from / 32 == to / 32 ? 2 : 4;
            EXPECT_EQ(outside, expected) << from << " " << to;
        }
    }
}

// Two leaves of eight hosts, four spines: what one host sends to eight others is eight flows.
TEST(EdgesByHand, HashedWaysOfASenderTakeMoreThanOneSpine) {
    EdgeGraph edges;
    const auto join = [&](const std::string& a, const std::string& b) {
        const std::uint32_t from = node_named(edges, a);
        add_cable(edges, from, node_named(edges, b), port, 1 * unit::us);
    };
    for (int i = 0; i < 16; ++i) join(std::to_string(i), i < 8 ? "left" : "right");
    for (const char* spine : {"s0", "s1", "s2", "s3"}) {
        join("left", spine);
        join("right", spine);
    }
    const FabricGraph graph = graph_of(edges, endpoints_of(edges), Routing::ecmp);
    std::map<LinkId, int> ups;
    for (std::uint32_t from = 0; from < 8; ++from) {
        std::set<LinkId> taken;
        for (std::uint32_t to = 8; to < 16; ++to) {
            const auto links = way(graph, from, to, from);  // the sender is the flow
            ASSERT_EQ(links.size(), 4U);
            taken.insert(links[1]);
            ++ups[links[1]];
        }
        EXPECT_GT(taken.size(), 1U) << from;
    }
    EXPECT_EQ(ups.size(), 4U);
    const FabricGraph fixed = graph_of(edges, endpoints_of(edges), Routing::single);
    EXPECT_EQ(fixed.name(way(fixed, 0, 15)[1]), "left to s0");  // the first that was added
}

TEST(EdgesByHand, EndpointsAreNumbersElseLeaves) {
    EdgeGraph numbered;
    for (const char* name : {"10", "9", "x", "1.5"}) {
        const std::uint32_t from = node_named(numbered, name);
        add_cable(numbered, from, node_named(numbered, "hub"), port, Seconds{});
    }
    std::vector<std::string> names;
    for (const std::uint32_t node : endpoints_of(numbered)) names.push_back(numbered.nodes[node]);
    EXPECT_EQ(names.size(), 3U);
    EXPECT_EQ(names.back(), "10");
    EdgeGraph leaves;
    for (const char* name : {"b", "a"}) {
        const std::uint32_t from = node_named(leaves, name);
        add_cable(leaves, from, node_named(leaves, "hub"), port, Seconds{});
    }
    names.clear();
    for (const std::uint32_t node : endpoints_of(leaves)) names.push_back(leaves.nodes[node]);
    EXPECT_EQ(names, (std::vector<std::string>{"b", "a"}));  // as they were added; the hub is none
    EXPECT_EQ(node_named(leaves, "a"), node_named(leaves, "a"));
}

}  // namespace TEST_FILE
}  // namespace millwright
