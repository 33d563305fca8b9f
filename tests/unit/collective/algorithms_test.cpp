// Collectives as phases: worked by hand, and laws between closed form, flows and lower bounds.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "millwright/base/units.h"
#include "millwright/collective/algorithms.h"
#include "millwright/collective/least_time.h"
#include "millwright/fabric/shape.h"
#include "millwright/intake/shape_file.h"

namespace millwright {
namespace TEST_FILE {

FabricGraph fat_tree(std::uint32_t hosts, Routing routing) {
    return graph_of({.kind = FabricKind::fat_tree, .endpoints = hosts, .routing = routing});
}

FabricGraph named(const std::string& name, std::uint32_t endpoints, Routing routing) {
    FabricShape shape = shape_named(name).value();
    shape.endpoints = endpoints;
    shape.routing = routing;
    return graph_of(shape);
}

CollectiveRequest ask(Collective collective, Bytes size, std::uint32_t ranks) {
    return {collective, size, {.size = ranks}, {}};
}

Seconds by_flows(const FabricGraph& g, Algorithm a, const CollectiveRequest& r) {
    return flow_time(g, r.team, phases_of(a, g, r));
}

Seconds closed(const FabricGraph& g, Algorithm a, const CollectiveRequest& r) {
    return closed_time(g, r.team, phases_of(a, g, r));
}

// 8 ranks on one edge switch: 14 turns of 1/8 of 8 GB at 50 GB/s, and two hops of 500 ns each.
TEST(Phases, ARingIsWorkedByHand) {
    const FabricGraph tree = fat_tree(8, Routing::adaptive);
    const auto request = ask(Collective::all_reduce, 8 * unit::GB, 8);
    EXPECT_NEAR(closed(tree, Algorithm::ring, request).si(), 14 * (0.02 + 1e-6), 1e-12);
    EXPECT_NEAR(by_flows(tree, Algorithm::ring, request).si(), 14 * (0.02 + 1e-6), 1e-9);
}

// 16 ranks in two servers of 8 on planes: 800 MB in, (7/8 x 800 MB) / 200 GB/s inside, a ring of
// two across with 100 MB on each plane at 50 GB/s, and the same inside again.
TEST(Phases, RailsAreWorkedByHand) {
    const FabricGraph g = named("h800-planes", 16, Routing::ecmp);
    const auto request = ask(Collective::all_reduce, 800 * unit::MB, 16);
    const double inside = 0.7 / 200 + 600e-9;
    const double across = 2 * (0.05 / 50 + 600e-9);
    EXPECT_NEAR(by_flows(g, Algorithm::rail_ring, request).si(), 2 * inside + across, 1e-9);
    EXPECT_NEAR(closed(g, Algorithm::rail_ring, request).si(), 2 * inside + across, 1e-9);
}

// The ends of a line are as many hops apart as it has links, whatever its length.
TEST(Phases, AnExchangeOnALineReachesBothEnds) {
    for (std::uint32_t length = 2; length <= 64; ++length) {
        const FabricGraph g = graph_of({.kind = FabricKind::grid,
                                        .endpoints = length,
                                        .dimensions = {1, 1, length},
                                        .port = 50 * unit::GBps,
                                        .hop = 15 * unit::ns});
        const auto request = ask(Collective::all_to_all, 1 * unit::B, length);
        const Seconds ends = (length - 1.0) * 15 * unit::ns;
        EXPECT_GE(closed(g, Algorithm::direct, request), 0.999999 * ends) << length;
        EXPECT_GE(by_flows(g, Algorithm::direct, request), 0.999999 * ends) << length;
    }
}

// 72 ranks send once and receive once at 900 GB/s, through one switch.
TEST(Phases, SwitchesReduce) {
    const FabricGraph g = named("nvl72", 72, Routing::ecmp);
    const auto request = ask(Collective::all_reduce, 9 * unit::GB, 72);
    EXPECT_NEAR(by_flows(g, Algorithm::in_network, request).si(), 0.01 + 500e-9, 1e-12);
    EXPECT_EQ(fastest(g, request, closed_time), Algorithm::in_network);
    EXPECT_FALSE(does(Algorithm::in_network, fat_tree(72, Routing::ecmp), request));
}

// Rank 0 of 4 sends all that it has to rank 1: 4 times the even share on one pair.
TEST(Phases, SkewedExchangesWaitForTheFullestRank) {
    const FabricGraph g = fat_tree(4, Routing::ecmp);
    auto request = ask(Collective::all_to_all, 200 * unit::MB, 4);
    request.skew.assign(16, 0);
    request.skew[1] = 4;
    for (const auto algorithm : {Algorithm::pairwise, Algorithm::direct}) {
        EXPECT_NEAR(by_flows(g, algorithm, request).si(), 0.004, 4e-6);
    }
    request.skew.assign(16, 1);
    const auto even = ask(Collective::all_to_all, 200 * unit::MB, 4);
    for (const auto algorithm : {Algorithm::pairwise, Algorithm::direct}) {
        EXPECT_NEAR(by_flows(g, algorithm, request).si(), by_flows(g, algorithm, even).si(), 1e-12);
    }
}

// Strided groups cross servers, consecutive ones do not.
TEST(Phases, TeamsShareTheFabric) {
    const FabricGraph g = named("h800-planes", 64, Routing::ecmp);
    CollectiveRequest inside{Collective::all_reduce, 80 * unit::MB, {8, 1, 8}, {}};
    CollectiveRequest across{Collective::all_reduce, 80 * unit::MB, {8, 8, 8}, {}};
    EXPECT_EQ(endpoint_of(inside.team, 3, 2), 26U);
    EXPECT_EQ(endpoint_of(across.team, 3, 2), 19U);
    const double bytes = 2 * 0.07;  // GB through each port
    EXPECT_NEAR(by_flows(g, Algorithm::ring, inside).si(), bytes / 200, 2e-5);
    EXPECT_NEAR(by_flows(g, Algorithm::ring, across).si(), bytes / 50, 2e-5);
    EXPECT_EQ(members_in_domain(g, inside.team), 8U);
    EXPECT_EQ(members_in_domain(g, across.team), 1U);
    // a group by itself, as traces have them, is where its members are
    EXPECT_EQ(members_in_domain(g, {8, 8, 1}), 1U);
    EXPECT_EQ(members_in_domain(g, {4, 16, 3}), 1U);
    EXPECT_EQ(members_in_domain(g, {4, 2, 1}), 4U);
    EXPECT_EQ(members_in_domain(g, {8, 64, 1}), 1U);
}

struct Case {
    const char* fabric;
    std::uint32_t ranks;
};

// Fabrics that are full and quiet.
constexpr std::array quiet{
    Case{"fat-tree", 8},        Case{"fat-tree", 64},         Case{"fat-tree", 1000},
    Case{"fat-tree", 2048},     Case{"h800-planes", 256},     Case{"rail-optimised", 512},
    Case{"nvl72", 72},          Case{"cloudmatrix-384", 384}, Case{"ascend-910b-mesh", 64},
    Case{"dragonfly-plus", 512}};

// Where traffic is spread over all ways nothing but the fullest cut holds a phase up, and that is
// what the closed form counts.
TEST(PhasesLaw, ClosedFormAndFlowsAgreeOnQuietFabrics) {
    int compared = 0;
    for (const auto& [name, ranks] : quiet) {
        const FabricGraph g = named(name, ranks, Routing::adaptive);
        for (const auto collective : {Collective::all_reduce, Collective::all_gather,
                                      Collective::reduce_scatter, Collective::all_to_all}) {
            const auto request = ask(collective, 1 * unit::GiB, ranks);
            const double least = least_time(g, request.team, collective, request.size).si();
            for (const AlgorithmRow& row : algorithm_rows()) {
                const Algorithm algorithm = row.algorithm;
                if (!does(algorithm, g, request)) continue;
                if (collective == Collective::all_to_all && ranks > 72) continue;
                const double formula = closed(g, algorithm, request).si();
                EXPECT_NEAR(by_flows(g, algorithm, request).si() / formula, 1, 0.02)
                    << name << " " << ranks << " " << name_of(collective) << " "
                    << name_of(algorithm);
                EXPECT_GE(formula, least * (1 - 1e-9)) << name << " " << name_of(algorithm);
                ++compared;
            }
        }
    }
    EXPECT_GT(compared, 100);
}

// Also with hashed and fixed ways, which only ever meet more of each other.
TEST(PhasesLaw, NoCollectiveBeatsItsLowerBound) {
    EXPECT_TRUE(rc::check([] {
        const auto [name, most] = *rc::gen::elementOf(quiet);
        const auto ranks = std::min<std::uint32_t>(most, 8U << *rc::gen::inRange(0U, 4U));
        const FabricGraph g = named(
            name, ranks, *rc::gen::element(Routing::ecmp, Routing::single, Routing::adaptive));
        const auto collective = static_cast<Collective>(*rc::gen::inRange(0, 4));
        const Bytes size = *rc::gen::inRange(1, 1 << 20) * unit::kB;
        const auto request = ask(collective, size, ranks);
        const Seconds least = least_time(g, request.team, collective, size);
        for (const AlgorithmRow& row : algorithm_rows()) {
            const Algorithm algorithm = row.algorithm;
            if (!does(algorithm, g, request)) continue;
            RC_ASSERT(by_flows(g, algorithm, request) >= (1 - 1e-9) * least);
        }
    }));
}

TEST(PhasesLaw, SymmetryOnAndOffAreTheSame) {
    for (const auto& [name, ranks] : quiet) {
        if (ranks > 512) continue;
        const FabricGraph g = named(name, ranks, Routing::ecmp);
        const auto request = ask(Collective::all_reduce, 1 * unit::GiB, ranks);
        for (const AlgorithmRow& row : algorithm_rows()) {
            const Algorithm algorithm = row.algorithm;
            if (!does(algorithm, g, request)) continue;
            const auto phases = phases_of(algorithm, g, request);
            const double on = flow_time(g, request.team, phases, {}, Symmetry::on).si();
            const double off = flow_time(g, request.team, phases, {}, Symmetry::off).si();
            EXPECT_NEAR(on / off, 1, 1e-9) << name << " " << name_of(algorithm);
        }
    }
}

TEST(Phases, HashedWaysAreNeverFasterThanSpreadOnes) {
    const auto time = [](Routing routing) {
        return by_flows(fat_tree(2048, routing), Algorithm::halving_doubling,
                        ask(Collective::all_reduce, 1 * unit::GiB, 2048));
    };
    EXPECT_GT(time(Routing::ecmp), time(Routing::adaptive));
}

TEST(Phases, TheFastestIsTakenAndOthersAreRefused) {
    const auto best = [](std::uint32_t ranks, Routing routing, Bytes size, const auto& engine) {
        return fastest(fat_tree(ranks, routing), ask(Collective::all_reduce, size, ranks), engine);
    };
    const auto flows = [](const FabricGraph& g, const Team& t, const std::vector<Phase>& p,
                          const Channels& c) { return flow_time(g, t, p, c); };
    EXPECT_EQ(best(1024, Routing::adaptive, 1 * unit::MiB, closed_time),
              Algorithm::halving_doubling);
    EXPECT_EQ(best(1000, Routing::adaptive, 1 * unit::MiB, closed_time),
              Algorithm::double_binary_tree);
    // hashed ways collide in exchanges across the tree, and hardly ever between neighbours
    const Algorithm hashed = best(1024, Routing::ecmp, 1 * unit::GiB, flows);
    EXPECT_NE(hashed, Algorithm::halving_doubling);
    EXPECT_EQ(best(1024, Routing::ecmp, 1 * unit::GiB, closed_time), Algorithm::halving_doubling);
    const FabricGraph tree = fat_tree(1000, Routing::ecmp);
    const auto odd = ask(Collective::all_reduce, 1 * unit::MiB, 1000);
    EXPECT_FALSE(does(Algorithm::halving_doubling, tree, odd));
    EXPECT_FALSE(does(Algorithm::ring, tree, ask(Collective::all_to_all, 1 * unit::MiB, 8)));
    EXPECT_FALSE(does(Algorithm::rail_ring, tree, odd));
}

// Every rank is inside one tree at most, and sends and receives twice the buffer at most.
TEST(Phases, DoubleTreesLoadEveryRankAlike) {
    for (const std::uint32_t ranks : {3U, 6U, 7U, 16U, 33U, 100U}) {
        const FabricGraph g = fat_tree(ranks, Routing::adaptive);
        const auto request = ask(Collective::all_reduce, 1 * unit::GB, ranks);
        const auto phases = phases_of(Algorithm::double_binary_tree, g, request);
        std::vector<double> sent(ranks, 0), received(ranks, 0);
        for (const Send& s : sends_of(phases[0], request.team)) {
            sent[s.from] += s.bytes.in(unit::GB);
            received[s.to] += s.bytes.in(unit::GB);
        }
        for (std::uint32_t i = 0; i < ranks; ++i) {
            EXPECT_LE(sent[i], 2 + 1e-9) << ranks << " " << i;
            EXPECT_LE(received[i], 2 + 1e-9);
            EXPECT_GE(sent[i], 0.5);
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
