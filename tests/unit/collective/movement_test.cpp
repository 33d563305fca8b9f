// What algorithms move, counted send by send: who hears from whom, and how many bytes that takes.
// And the few numbers of a network, by hand.
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "millwright/base/units.h"
#include "millwright/collective/algorithms.h"

namespace millwright {
namespace TEST_FILE {

constexpr Bandwidth port = 50 * unit::GBps;

FabricShape star(std::uint32_t hosts) {
    FabricShape shape{.endpoints = hosts};
    shape.tree.tiers = {{hosts, 1, port, 1 * unit::us}};
    return shape;
}

/// Domains of four with four ports, on rails of leaves of four.
FabricShape rails(std::uint32_t chips, FabricKind inside = FabricKind::tree) {
    FabricShape shape{.endpoints = chips, .rails = true};
    shape.tree.tiers = {{4, 1, port, 1 * unit::us}, {16, 1, port, 2 * unit::us}};
    shape.domain = {
        .kind = inside, .endpoints = 4, .port = 3 * port, .hop = 100 * unit::ns, .ports = 4};
    shape.domain.tree.tiers = {{4, 1, 9 * port, 100 * unit::ns}};
    return shape;
}

FabricShape torus(std::vector<std::uint32_t> dimensions) {
    FabricShape shape{.kind = FabricKind::torus, .endpoints = 1};
    for (const std::uint32_t length : dimensions) shape.endpoints *= length;
    shape.dimensions = std::move(dimensions);
    shape.port = port;
    return shape;
}

FabricShape mesh(std::uint32_t n) {
    return {.kind = FabricKind::full_mesh, .endpoints = n, .port = port};
}

std::vector<std::pair<FabricShape, Team>> cases() {
    return {{star(2), {.size = 2}},
            {star(3), {.size = 3}},
            {star(7), {.size = 7}},
            {star(16), {.size = 16}},
            {star(12), {.size = 4, .stride = 3, .count = 3}},
            {rails(8), {.size = 8}},
            {rails(12), {.size = 12}},
            {rails(32), {.size = 32}},
            {rails(16, FabricKind::full_mesh), {.size = 16}},
            {rails(32), {.size = 8, .stride = 4, .count = 4}},
            {rails(32), {.size = 8, .stride = 2, .count = 4}},
            {torus({4, 4}), {.size = 16}},
            {torus({4, 2, 3}), {.size = 24}},
            {mesh(5), {.size = 5}},
            {mesh(8), {.size = 8}}};
}

constexpr std::array collectives{Collective::all_reduce, Collective::all_gather,
                                 Collective::reduce_scatter, Collective::all_to_all};

/// Calls with every algorithm that does a collective of a case, and its phases.
template <class Visit>
void each_algorithm(Visit visit) {
    std::set<Algorithm> met;
    for (const auto& [shape, team] : cases()) {
        const FabricGraph graph = graph_of(shape);
        for (const Collective collective : collectives) {
            const CollectiveRequest request{collective, 1 * unit::GB, team, {}};
            for (const AlgorithmRow& row : algorithm_rows()) {
                if (!row.does(graph, request)) continue;
                met.insert(row.algorithm);
                SCOPED_TRACE(std::string(name_of(row.algorithm)) + " " +
                             std::string(name_of(collective)) + " " + graph.description);
                visit(graph, request, row.algorithm, row.phases(graph, request));
            }
        }
    }
    // all rows but those of switches that add, whose domains none of these fabrics has
    EXPECT_EQ(met.size(), algorithm_rows().size() - 2);
}

// Whatever a rank ends up with holds a part of every other's: by sums, by gathering, by exchange.
TEST(Movement, EveryoneHearsFromEveryone) {
    each_algorithm([](const FabricGraph&, const CollectiveRequest& r, Algorithm,
                      const std::vector<Phase>& phases) {
        const std::uint32_t n = r.team.size;
        std::vector<std::set<std::uint32_t>> heard(n);
        for (std::uint32_t i = 0; i < n; ++i) heard[i] = {i};
        for (const Phase& phase : phases) {
            const std::vector<Send> sends = sends_of(phase, r.team);
            // pieces of a pipeline go one level a turn
            const double turns = std::max(phase.repeats, phase.depth);
            for (double turn = 0; turn < turns; ++turn) {
                const auto before = heard;
                for (const Send& s : sends) {
                    ASSERT_LT(std::max(s.from, s.to), n);
                    ASSERT_NE(s.from, s.to);
                    heard[s.to].insert(before[s.from].begin(), before[s.from].end());
                }
            }
        }
        for (std::uint32_t i = 0; i < n; ++i) EXPECT_EQ(heard[i].size(), n) << i;
    });
}

// Each of n parts must be moved n - 1 times to be added up, and as often to be spread: a group
// sends S (n - 1) bytes a round, whatever the algorithm. Only forwarding sends some bytes twice: of
// i members in each of D domains each hands D/n of S to i - 1 neighbours, and i/n of S to D - 1
// domains.
TEST(Movement, AGroupSendsNMinusOneBuffersARound) {
    each_algorithm([](const FabricGraph& graph, const CollectiveRequest& r, Algorithm algorithm,
                      const std::vector<Phase>& phases) {
        double sent = 0;
        for (const Phase& phase : phases) {
            for (const Send& s : sends_of(phase, r.team))
                sent += phase.repeats * s.bytes.in(r.size);
        }
        const double n = r.team.size;
        const double inner = members_in_domain(graph, r.team);
        const double domains = n / inner;
        const double expected = algorithm == Algorithm::forwarded
                                    ? domains * (inner - 1) + inner * (domains - 1)
                                    : rounds(r.collective) * (n - 1);
        EXPECT_NEAR(sent, expected, 1e-9 * expected);
    });
}

// Groups of a team are apart: each endpoint belongs to one, and a member sends to its own alone.
TEST(Movement, TeamsArePartitions) {
    for (const Team& team : {Team{3, 1, 5}, Team{4, 3, 6}, Team{2, 8, 16}, Team{1, 1, 7}}) {
        std::set<std::uint32_t> seen;
        for (std::uint32_t group = 0; group < team.count; ++group) {
            for (std::uint32_t member = 0; member < team.size; ++member) {
                EXPECT_TRUE(seen.insert(endpoint_of(team, group, member)).second);
            }
        }
        EXPECT_EQ(*seen.rbegin() + 1, team.size * team.count);  // whole blocks, no gaps
    }
}

TEST(Movement, AReduceScatterIsAnAllGatherBackwards) {
    each_algorithm([](const FabricGraph& graph, const CollectiveRequest& r, Algorithm algorithm,
                      const std::vector<Phase>&) {
        if (r.collective != Collective::all_gather) return;
        CollectiveRequest other = r;
        other.collective = Collective::reduce_scatter;
        ASSERT_TRUE(does(algorithm, graph, other));
        const Seconds gather = closed_time(graph, r.team, phases_of(algorithm, graph, r));
        const Seconds scatter = closed_time(graph, r.team, phases_of(algorithm, graph, other));
        EXPECT_NEAR(gather / scatter, 1, 1e-12);
    });
}

// 2 GB among four on a star at 50 GB/s, 2 us a hop: a reduce-scatter by halves is 1 GB and 0.5 GB,
// each with a hop; a ring three turns of 0.5 GB, an exchange of all at once 1.5 GB.
TEST(Movement, FourRanksOnAStarByHand) {
    const FabricGraph graph = graph_of(star(4));
    const auto times = [&](Algorithm algorithm, Collective collective) {
        const CollectiveRequest r{collective, 2 * unit::GB, {.size = 4}, {}};
        const auto phases = phases_of(algorithm, graph, r);
        const double closed = closed_time(graph, r.team, phases).si();
        EXPECT_NEAR(flow_time(graph, r.team, phases).si(), closed, 1e-9);
        return closed;
    };
    EXPECT_NEAR(times(Algorithm::halving_doubling, Collective::reduce_scatter), 0.03 + 4e-6, 1e-12);
    EXPECT_NEAR(times(Algorithm::halving_doubling, Collective::all_reduce), 0.06 + 8e-6, 1e-12);
    EXPECT_NEAR(times(Algorithm::ring, Collective::all_gather), 0.03 + 6e-6, 1e-12);
    EXPECT_NEAR(times(Algorithm::ring, Collective::all_reduce), 0.06 + 12e-6, 1e-12);
    EXPECT_NEAR(times(Algorithm::direct, Collective::all_to_all), 0.03 + 2e-6, 1e-12);
    EXPECT_NEAR(times(Algorithm::pairwise, Collective::all_to_all), 0.03 + 6e-6, 1e-12);
}

Network three_tiers() {
    const Curve full{{1}, {1}};
    Network net{.chips = 4096, .domain = 8};
    net.inner = {.per_chip = 400 * unit::GBps, .base = 5 * unit::us, .ring = full};
    net.outer = {.per_chip = 50 * unit::GBps, .base = 9 * unit::us, .ring = full};
    net.tiers = {{"leaf", 64, 1 * unit::us, 1},
                 {"spine", 512, 2 * unit::us, 2},
                 {"core", 4096, 2 * unit::us, 8}};
    return net;
}

TEST(NetworkByHand, GroupsLieInDomains) {
    const Network net = three_tiers();
    struct Laid {
        double size, stride, inner, domains, span;
    };
    for (const Laid& l : {Laid{16, 1, 8, 2, 16},
                          {6, 1, 6, 1, 6},
                          {12, 1, 8, 2, 12},
                          {16, 4, 2, 8, 64},
                          {16, 8, 1, 16, 128},
                          {4, 16, 1, 4, 64},
                          {3, 3, 2, 2, 9},
                          {1, 1, 1, 1, 1}}) {
        const Group g = group_on(net, l.size, l.stride);
        EXPECT_EQ(g.inner, l.inner) << l.size << " " << l.stride;
        EXPECT_EQ(g.domains, l.domains) << l.size << " " << l.stride;
        EXPECT_EQ(g.span, l.span) << l.size << " " << l.stride;
    }
}

// What leaves a reach crosses the tier above; the thinnest tier crossed sets the rate.
TEST(NetworkByHand, TiersAreCrossedOneByOne) {
    const Network net = three_tiers();
    for (const auto& [span, rate, hops] : {std::tuple(8, 50.0, 0.0),
                                           {9, 50.0, 1.0},
                                           {64, 50.0, 1.0},
                                           {65, 25.0, 3.0},
                                           {512, 25.0, 3.0},
                                           {513, 6.25, 5.0},
                                           {4096, 6.25, 5.0}}) {
        EXPECT_DOUBLE_EQ(outer_rate(net, span).in(unit::GBps), rate) << span;
        EXPECT_NEAR(outer_hops(net, span).in(unit::us), hops, 1e-9) << span;
    }
    EXPECT_NEAR(point_to_point_time(net, 1, 400 * unit::MB).in(unit::us), 5 + 1000, 1e-6);
    EXPECT_NEAR(point_to_point_time(net, 8, 50 * unit::MB).in(unit::us), 9 + 1 + 1000, 1e-6);
    EXPECT_NEAR(point_to_point_time(net, 64, 50 * unit::MB).in(unit::us), 9 + 3 + 2000, 1e-6);
}

TEST(NetworkByHand, SlicesOfATorusAreNearACube) {
    using Lengths = std::vector<double>;
    EXPECT_EQ(slice_of({4, 4, 4}, 1), (Lengths{1, 1, 1}));
    EXPECT_EQ(slice_of({4, 4, 4}, 8), (Lengths{2, 2, 2}));
    EXPECT_EQ(slice_of({4, 4, 4}, 16), (Lengths{4, 2, 2}));
    EXPECT_EQ(slice_of({2, 8}, 16), (Lengths{2, 8}));
    EXPECT_EQ(slice_of({3, 5}, 6), (Lengths{3, 2}));
    EXPECT_EQ(slice_of({4, 4}, 1000), (Lengths{4, 4}));
    EXPECT_EQ(slice_of({}, 8), Lengths{});
    Network net{.inner = {.per_chip = 300 * unit::GBps}};
    EXPECT_DOUBLE_EQ(neighbour_rate(net).in(unit::GBps), 300);
    EXPECT_DOUBLE_EQ(exchange_detour(net, 64), 1);
    net.dimensions = {4, 4, 4};
    EXPECT_DOUBLE_EQ(neighbour_rate(net).in(unit::GBps), 50);
    EXPECT_DOUBLE_EQ(exchange_detour(net, 64), 2 * 3 * 4 / 8.0);
}

// On rails a leaf of four ports is a row of four domains' leaves: 16 chips are one switch apart.
// The few numbers say of each distance what the graph's ways say.
TEST(NetworkByHand, RailsReachAWholeRowOfDomains) {
    for (const std::uint32_t planes : {1U, 2U, 4U}) {
        FabricShape shape = rails(64);
        shape.planes = planes;
        const Network net = network_of(shape, {});
        ASSERT_EQ(net.tiers.size(), 2U);
        EXPECT_DOUBLE_EQ(net.tiers[0].reach, 16) << planes;
        EXPECT_DOUBLE_EQ(net.domain, 4);
        EXPECT_DOUBLE_EQ(net.outer.per_chip / port, 1);
        const FabricGraph graph = graph_of(shape);
        for (std::uint32_t span = 5; span <= 64; ++span) {
            EXPECT_NEAR(outer_hops(net, span).si(), switches_between(graph, 0, span - 1).si(),
                        1e-12)
                << planes << " " << span;
        }
    }
    FabricShape plain = rails(64);
    plain.rails = false;  // the ports of one domain fill a leaf
    EXPECT_DOUBLE_EQ(network_of(plain, {}).tiers[0].reach, 4);
}

// The worst link of a kind stands for all of it and all above; a failed one counts as half, since
// its data goes over one beside it.
TEST(NetworkByHand, DegradedLinksLowerTheirTierAndThoseAbove) {
    const auto thinness = [](std::vector<Degraded> degraded) {
        FabricShape shape = rails(64);
        shape.degraded = std::move(degraded);
        const Network net = network_of(shape, {});
        return std::pair(net.tiers[0].oversubscription, net.tiers[1].oversubscription);
    };
    EXPECT_EQ(thinness({}), std::pair(1.0, 1.0));
    EXPECT_EQ(thinness({{"port 3 up", 0.25}}), std::pair(4.0, 4.0));
    EXPECT_EQ(thinness({{"tier 1 group 0 up", 0.5}}), std::pair(1.0, 2.0));
    EXPECT_EQ(thinness({{"tier 1 group 0 up", 0.5}, {"port 0 down", 0.5}}), std::pair(2.0, 2.0));
    EXPECT_EQ(thinness({{"port 3 up", 0}}), std::pair(2.0, 2.0));
    FabricShape inside = rails(64);
    inside.degraded = {{"scale-up chip 5 up", 0.5}};
    EXPECT_DOUBLE_EQ(network_of(inside, {}).inner.per_chip / port, 4.5);
}

}  // namespace TEST_FILE
}  // namespace millwright
