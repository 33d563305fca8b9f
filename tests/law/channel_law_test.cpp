// Measured channels: the formulas behind `run`, the closed form on graphs and flows say the same.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include <fmt/format.h>

#include "millwright/base/units.h"
#include "millwright/collective/algorithms.h"
#include "millwright/collective/least_time.h"
#include "millwright/fabric/shape.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace TEST_FILE {

constexpr std::array all_collectives{Collective::all_reduce, Collective::all_gather,
                                     Collective::reduce_scatter, Collective::all_to_all};

/// A server's chips on a fabric of the catalog: the few numbers and the graph.
struct Wired {
    Factory factory;
    FabricGraph graph;
    Channels channels;
};

Wired wired(const Server& server, const char* fabric, std::uint32_t chips) {
    const Catalog& catalog = built_in_catalog();
    Wired w{
        resolve_factory(catalog, server, part_named(catalog.fabrics, fabric), chips, {}), {}, {}};
    FabricShape shape = w.factory.shape;
    shape.endpoints = chips;
    // formulas take traffic to be spread over all ways
    shape.routing = Routing::adaptive;
    w.graph = graph_of(shape);
    w.channels = channels_of(w.factory.network);
    return w;
}

bool is_torus(const Server& server) { return server.dimensions.known(); }

/// The law leaves these out: between rails data crosses domains, for which links slower than ports
/// have no room.
bool is_left_out(const Server& server) {
    const bool bus = part_named(built_in_catalog().chips, server.chip).scale_up_link.empty();
    return is_torus(server) || bus;
}

/// Whether some leaf holds part of a domain: the formula then counts the hops of the domains that
/// are farther apart, where phases on the graph have some of each.
bool is_split(const Network& network) {
    for (std::size_t i = 0; i + 1 < network.tiers.size(); ++i) {
        if (std::fmod(network.tiers[i].reach, network.domain) != 0) return true;
    }
    return false;
}

/// The row that does on the graph what the formula's does: in one domain without a switch, rings
/// are many at once.
Algorithm on_graph(Algorithm algorithm, const Wired& w, const CollectiveRequest& r) {
    const bool meshed = algorithm == Algorithm::ring && does(Algorithm::mesh, w.graph, r);
    return meshed ? Algorithm::mesh : algorithm;
}

// both sides read the same curves and add up the same terms: only rounding may differ
constexpr double same = 1e-9;

CollectiveRequest request_on(const Wired& w, Collective collective, Bytes size, const Group& g,
                             double stride) {
    Team team{static_cast<std::uint32_t>(g.size), static_cast<std::uint32_t>(stride), 1};
    // all groups at once, as a plan runs them
    team.count = w.graph.endpoints / team.size;
    return {collective, size, team, {}};
}

std::string text_of(const Wired& w, const CollectiveRequest& r, Algorithm algorithm) {
    return fmt::format("{} of {:g} B by {} groups of {}, {} apart, {}, on {}",
                       name_of(r.collective), r.size.si(), r.team.count, r.team.size, r.team.stride,
                       name_of(algorithm), w.graph.description);
}

// The few numbers that training is planned with and the graph of the same factory: one model. Teams
// fill domains or divide them, as the formula speaks of no others; sizes go from 8 KiB to 16 GiB,
// as curves bend between.
TEST(ChannelLaw, AFormulaIsItsRowsPhasesOnTheGraph) {
    EXPECT_TRUE(rc::check([] {
        const Server& server = *rc::gen::elementOf(built_in_catalog().servers);
        const auto domain = static_cast<std::uint32_t>(server.domain.value);
        const std::uint32_t chips = domain * (1U << *rc::gen::inRange(0U, 5U));
        RC_PRE(chips <= 1200);
        const Wired w = wired(server, *rc::gen::element("rail-fat-tree", "fat-tree"), chips);
        RC_PRE(w.factory.shape.endpoints > 0);
        std::vector<std::uint32_t> strides;
        // members of a group lie alike in each domain only where the stride divides it
        for (const std::uint32_t s : {1U, 2U, 4U, 8U, 36U, 72U}) {
            if (s == 1 || domain % s == 0) strides.push_back(s);
        }
        const std::uint32_t stride = *rc::gen::elementOf(strides);
        std::vector<std::uint32_t> sizes;
        for (const std::uint32_t n : {2U, 4U, 8U, 9U, 16U, 18U, 32U, 64U, 72U, 128U, 144U, 576U}) {
            const std::uint32_t block = n * stride;
            if (chips % block == 0 && (block % domain == 0 || domain % block == 0))
                sizes.push_back(n);
        }
        RC_PRE(!sizes.empty());
        const Group g = group_on(w.factory.network, *rc::gen::elementOf(sizes), stride);
        RC_PRE(!is_left_out(server));
        RC_PRE(g.domains <= 1 || !is_split(w.factory.network));
        const Bytes size = std::pow(2.0, *rc::gen::inRange(130, 340) / 10.0) * unit::B;
        int compared = 0;
        for (const Collective collective : all_collectives) {
            const CollectiveRequest r = request_on(w, collective, size, g, stride);
            for (const AlgorithmRow& row : algorithm_rows()) {
                if (row.formula == nullptr || !row.fits(w.factory.network, collective, g)) continue;
                // a tree uses a few links of a full mesh, where the formula counts all
                const bool tree = row.algorithm == Algorithm::double_binary_tree;
                if (tree && w.graph.pair > Bandwidth{}) continue;
                const Seconds formula = row.formula(w.factory.network, collective, g, size);
                const Algorithm its = on_graph(row.algorithm, w, r);
                if (!does(its, w.graph, r)) RC_FAIL(text_of(w, r, its) + " is not done");
                const Seconds closed =
                    closed_time(w.graph, r.team, phases_of(its, w.graph, r), w.channels);
                if (std::abs(closed / formula - 1) > same) {
                    RC_FAIL(fmt::format("{}: formula {:g}, phases {:g} s", text_of(w, r, its),
                                        formula.si(), closed.si()));
                }
                ++compared;
            }
        }
        RC_ASSERT(compared > 0);
    }));
}

// What `collective` picks is what `run` and `validate` count with, and no library is faster.
TEST(ChannelLaw, TheFastestOnTheGraphIsTheFormulas) {
    for (const char* name : {"hgx-h100", "hgx-a100", "gb200-nvl72", "hgx-b200"}) {
        const Server& server = part_named(built_in_catalog().servers, name);
        for (const std::uint32_t ranks : {8U, 64U, 576U}) {
            const Wired w = wired(server, "rail-fat-tree", ranks);
            const Group g = group_on(w.factory.network, ranks, 1);
            if (std::fmod(ranks, g.inner) != 0) continue;  // domains partly used
            for (double size = 4096; size < 2e10; size *= 3.7) {
                for (const Collective collective : all_collectives) {
                    const CollectiveRequest r = request_on(w, collective, size * unit::B, g, 1);
                    const Algorithm best = fastest(w.graph, r, closed_time, w.channels);
                    const double closed =
                        closed_time(w.graph, r.team, phases_of(best, w.graph, r), w.channels).si();
                    const double formula =
                        collective_time(w.factory.network, collective, g, r.size).time.si();
                    EXPECT_NEAR(closed / formula, 1, same) << text_of(w, r, best);
                    EXPECT_GE(closed,
                              least_time(w.graph, r.team, collective, r.size).si() * (1 - 1e-9))
                        << text_of(w, r, best);
                }
            }
        }
    }
}

// On a fabric that all traffic has to itself the closed form's fullest cut is what flows wait for;
// each phase of every algorithm is run. Exchanges of more than 72 ranks are left out: their flows
// grow with the square of the ranks.
TEST(ChannelLaw, ClosedFormAndFlowsAgree) {
    int compared = 0;
    for (const Server& server : built_in_catalog().servers) {
        if (server.domain.value > 100 || is_torus(server)) continue;
        const auto domain = static_cast<std::uint32_t>(server.domain.value);
        for (const std::uint32_t ranks : {domain, 4 * domain}) {
            const Wired w = wired(server, "fat-tree", ranks);
            if (w.factory.shape.endpoints == 0) continue;
            const Group g = group_on(w.factory.network, ranks, 1);
            for (const Bytes size : {100 * unit::kB, 3 * unit::MB, 1 * unit::GB}) {
                for (const Collective collective : all_collectives) {
                    if (collective == Collective::all_to_all && ranks > 72) continue;
                    const CollectiveRequest r = request_on(w, collective, size, g, 1);
                    for (const AlgorithmRow& row : algorithm_rows()) {
                        if (!row.does(w.graph, r)) continue;
                        const auto phases = row.phases(w.graph, r);
                        const double closed = closed_time(w.graph, r.team, phases, w.channels).si();
                        const double flows = flow_time(w.graph, r.team, phases, w.channels).si();
                        EXPECT_NEAR(flows / closed, 1, 0.02)
                            << server.id << " " << text_of(w, r, row.algorithm);
                        ++compared;
                    }
                }
            }
        }
    }
    EXPECT_GT(compared, 1000);
}

// Each algorithm's time rises with the size (catalog curves along which it falls are refused), so
// the least of all times does, also where another algorithm takes over.
TEST(ChannelLaw, MoreBytesNeverTakeLessTimeOnTheGraph) {
    for (const char* name : {"hgx-h100", "hgx-a100", "gb200-nvl72"}) {
        for (const std::uint32_t ranks : {8U, 64U, 576U}) {
            const Wired w =
                wired(part_named(built_in_catalog().servers, name), "rail-fat-tree", ranks);
            for (const Channels& channels : {w.channels, Channels{}}) {
                double before = 0;
                for (double size = 1 << 16; size < 4.3e9; size = std::floor(size * 1.5)) {
                    const CollectiveRequest r{
                        Collective::all_reduce, size * unit::B, {ranks, 1, 1}, {}};
                    const Algorithm best = fastest(w.graph, r, closed_time, channels);
                    const double now =
                        closed_time(w.graph, r.team, phases_of(best, w.graph, r), channels).si();
                    EXPECT_GE(now, before * (1 - 1e-9)) << text_of(w, r, best);
                    before = now;
                }
            }
        }
    }
}

// Measured channels reach a share of the rate that ideal ones have, and calls cost on top.
TEST(ChannelLaw, IdealLinksAreNeverSlower) {
    for (const Server& server : built_in_catalog().servers) {
        const auto ranks = static_cast<std::uint32_t>(std::min(64.0, 2 * server.domain.value));
        const Wired w = wired(server, "rail-fat-tree", ranks);
        if (w.factory.shape.endpoints == 0) continue;
        for (const Collective collective : all_collectives) {
            const CollectiveRequest r{collective, 1 * unit::GiB, {ranks, 1, 1}, {}};
            for (const AlgorithmRow& row : algorithm_rows()) {
                if (!row.does(w.graph, r)) continue;
                // measured trees count the mean node, ideal ones the fullest
                if (row.phases(w.graph, r).front().depth > 0) continue;
                const auto phases = row.phases(w.graph, r);
                EXPECT_LE(closed_time(w.graph, r.team, phases),
                          (1 + 1e-9) * closed_time(w.graph, r.team, phases, w.channels))
                    << server.id << " " << name_of(row.algorithm);
            }
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
