// A row asks a graph what it can (`does`) and, for its formula, a network that knows only ranks
// and domains (`fits`). fastest() times all rows in closed form and sorts them stably, so that
// ties go by the table; the engine then runs only those within twice the least. Exchanges of all
// with all at once are bounded by members, as their sends grow with the square.
#include "millwright/collective/algorithms.h"

#include <algorithm>
#include <array>
#include <bit>
#include <stdexcept>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/collective/exchanges.h"
#include "millwright/collective/rings.h"
#include "millwright/collective/switch_sums.h"
#include "millwright/collective/two_trees.h"

namespace millwright {
namespace {

using Phases = std::vector<Phase>;
using Request = CollectiveRequest;

/// Exchanges with the rank whose number differs in one bit, the farthest first, of halves,
/// quarters and so on of the buffer; an all-gather is a reduce-scatter backwards.
Phases halving_doubling(const FabricGraph& graph, const Request& r) {
    const std::uint32_t n = r.team.size;
    const std::uint32_t domain = members_in_domain(graph, r.team);
    Phases down;
    double share = 0.5;
    for (std::uint32_t bit = n / 2; bit >= 1; bit /= 2, share /= 2) {
        const auto sends = [n, bit, each = share * r.size] {
            std::vector<Send> all;
            for (std::uint32_t i = 0; i < n; ++i) all.push_back({i, i ^ bit, each});
            return all;
        };
        down.push_back(
            {.others = sends, .pace = {.inner = share * r.size, .outer = share * r.size}});
        (bit < domain ? down.back().pace.inner_hops : down.back().pace.outer_hops) = 1;
    }
    const bool crosses = domain < n;
    Phases up(down.rbegin(), down.rend());
    Pace& first = r.collective == Collective::all_gather ? up.front().pace : down.front().pace;
    (crosses ? first.outer_calls : first.inner_calls) = 1;
    if (r.collective == Collective::reduce_scatter) return down;
    if (r.collective == Collective::all_gather) return up;
    down.insert(down.end(), up.begin(), up.end());
    return down;
}

// Sends of everything at once grow with the square of the members; forwarded ones with members
// times (members of a domain + domains), so that more are borne.
constexpr std::uint32_t most_direct = 2048;  // members that all send to all at once

bool exchanges(const Request& r) { return r.collective == Collective::all_to_all; }
bool reduces_all(const Request& r) { return r.collective == Collective::all_reduce; }

/// Several domains, and several members in each.
bool railed_team(const FabricGraph& graph, const Request& r) {
    const Rails rails = rails_of(graph, r);
    return rails.inner > 1 && rails.domains > 1;
}

// What each row can do. Those that run along rails want several domains with several members in
// each, as many in all: `rails_of` calls anything else a team of one member a domain.
bool moves(const FabricGraph&, const Request& r) { return !exchanges(r); }
bool goes_both_ways(const FabricGraph&, const Request& r) {
    return !exchanges(r) && r.team.size > 2;
}
bool crosses(const FabricGraph& g, const Request& r) { return !exchanges(r) && railed_team(g, r); }
bool has_trees(const FabricGraph&, const Request& r) { return reduces_all(r) && r.team.size > 2; }
bool has_chains(const FabricGraph& g, const Request& r) {
    return reduces_all(r) && railed_team(g, r);
}
bool gathers_across(const FabricGraph& g, const Request& r) {
    return !exchanges(r) && !reduces_all(r) && rails_of(g, r).domains > 1;
}
bool has_pairs(const FabricGraph&, const Request& r) {
    return !exchanges(r) && std::has_single_bit(r.team.size);
}
bool nests(const FabricGraph& g, const Request& r) {
    return !exchanges(r) && nested_blocks(g, r.team).size() > 2;
}
bool has_meshes(const FabricGraph& g, const Request& r) {
    return !exchanges(r) && g.pair > Bandwidth{} && rails_of(g, r).domains == 1;
}
bool has_circles(const FabricGraph& g, const Request& r) { return g.by_links && nests(g, r); }
bool has_rail_trees(const FabricGraph& g, const Request& r) {
    return has_chains(g, r) && rails_of(g, r).domains > 2;
}
bool has_switch_trees(const FabricGraph& g, const Request& r) {
    return has_chains(g, r) && g.reduces;
}
/// In the switches of its domain, or of all and those between them.
bool reduces_there(const FabricGraph& g, const Request& r) {
    const Rails rails = rails_of(g, r);
    if (rails.domains == 1) return reduces_all(r) && g.reduces;
    return reduces_all(r) && g.reduces_outside && (rails.inner == 1 || g.reduces);
}
bool exchanges_all(const FabricGraph&, const Request& r) { return exchanges(r); }
bool exchanges_at_once(const FabricGraph&, const Request& r) {
    return exchanges(r) && r.team.size <= most_direct;
}
bool forwards(const FabricGraph& g, const Request& r) {
    return exchanges(r) && railed_team(g, r) && r.team.size <= 8 * most_direct;
}

// Where formulas hold.
bool railed_group(const Group& g) { return g.domains > 1 && g.inner > 1; }
bool ring_fits(const Network&, Collective c, const Group& g) {
    return c != Collective::all_to_all && !railed_group(g);
}
bool rings_fit(const Network&, Collective c, const Group& g) {
    return c != Collective::all_to_all && railed_group(g);
}
bool tree_fits(const Network&, Collective c, const Group& g) {
    return c == Collective::all_reduce && !railed_group(g) && g.size > 2;
}
bool chains_fit(const Network& net, Collective c, const Group& g) {
    const bool chained = g.inner <= longest_chain || net.inner.reduced.empty();
    return c == Collective::all_reduce && railed_group(g) && chained;
}
bool switch_trees_fit(const Network& net, Collective c, const Group& g) {
    return c == Collective::all_reduce && railed_group(g) && !net.inner.reduced.empty();
}
bool parallel_trees_fit(const Network&, Collective c, const Group& g) {
    return (c == Collective::all_gather || c == Collective::reduce_scatter) && g.domains > 1;
}
bool switch_fits(const Network& net, Collective c, const Group& g) {
    const bool inside = g.inner == 1 || !net.inner.reduced.empty();
    const bool outside = g.domains == 1 || !net.outer.reduced.empty();
    return c == Collective::all_reduce && g.size > 1 && inside && outside;
}
bool exchange_fits(const Network&, Collective c, const Group&) {
    return c == Collective::all_to_all;
}

using A = Algorithm;

// What libraries run.
bool always(const FabricGraph&, const Request&) { return true; }
bool short_chains(const FabricGraph& g, const Request& r) {
    return rails_of(g, r).inner <= longest_chain || !g.reduces;
}
bool one_a_domain(const FabricGraph& g, const Request& r) { return !railed_team(g, r); }

constexpr std::array table{
    AlgorithmRow{A::ring, moves, ring, one_a_domain, ring_time, ring_fits},
    AlgorithmRow{A::bidirectional_ring, goes_both_ways, bidirectional_ring},
    AlgorithmRow{A::multi_ring, crosses, multi_ring, always, ring_time, rings_fit},
    AlgorithmRow{A::double_binary_tree, has_trees, double_binary_tree, one_a_domain, tree_time,
                 tree_fits},
    AlgorithmRow{A::chain_tree, has_chains, chain_tree, short_chains, tree_time, chains_fit},
    AlgorithmRow{A::parallel_trees, gathers_across, parallel_trees, always, parallel_trees_time,
                 parallel_trees_fit},
    AlgorithmRow{A::halving_doubling, has_pairs, halving_doubling},
    AlgorithmRow{A::hierarchical, nests, hierarchical},
    AlgorithmRow{A::mesh, has_meshes, mesh, always},
    AlgorithmRow{A::torus, has_circles, torus, always},
    AlgorithmRow{A::rail_ring, crosses, rail_ring},
    AlgorithmRow{A::rail_tree, has_rail_trees, rail_tree},
    AlgorithmRow{A::switch_tree, has_switch_trees, switch_tree, always, switch_tree_time,
                 switch_trees_fit},
    AlgorithmRow{A::in_network, reduces_there, in_network, always, in_network_time, switch_fits},
    AlgorithmRow{A::pairwise, exchanges_all, pairwise, always},
    AlgorithmRow{A::direct, exchanges_at_once, direct, always, direct_time, exchange_fits},
    AlgorithmRow{A::forwarded, forwards, forwarded},
};

}  // namespace

std::span<const AlgorithmRow> algorithm_rows() { return table; }

const AlgorithmRow& row_of(Algorithm algorithm) {
    const auto* at = std::ranges::find(table, algorithm, &AlgorithmRow::algorithm);
    require(at != table.end(), "automatic is resolved to an algorithm before it is asked about");
    return *at;
}

std::uint32_t members_in_domain(const FabricGraph& graph, const Team& team) {
    const std::uint64_t block = 1ULL * team.size * team.stride;
    // from the first endpoint of all groups to the last: of fewer groups than a stride holds, a
    // member of each lies a stride further
    const std::uint64_t rest = team.count % team.stride;
    const std::uint64_t all =
        team.count / team.stride * block + (rest > 0 ? (team.size - 1ULL) * team.stride + rest : 0);
    if (all <= graph.domain || graph.domain % block == 0) return team.size;
    // members of a group are a row of the domain only if strides divide it and it divides the
    // block; all else counts as one member a domain
    const bool rows = graph.domain % team.stride == 0 && block % graph.domain == 0;
    return rows ? graph.domain / team.stride : 1;
}

bool does(Algorithm algorithm, const FabricGraph& graph, const CollectiveRequest& request) {
    return row_of(algorithm).does(graph, request);
}

std::vector<Phase> phases_of(Algorithm algorithm, const FabricGraph& graph,
                             const CollectiveRequest& request) {
    const AlgorithmRow& row = row_of(algorithm);
    require(does(algorithm, graph, request), "the algorithm does this collective here");
    return row.phases(graph, request);
}

Algorithm fastest(const FabricGraph& graph, const CollectiveRequest& request,
                  const PhaseEngine& engine, const Channels& channels) {
    struct Able {
        Seconds closed;
        Algorithm algorithm;
        Phases phases;
    };
    // closed times are cheap, engines may not be: what is twice as slow in closed form is not run
    std::vector<Able> able;
    for (const AlgorithmRow& row : table) {
        const bool usual = row.usual != nullptr && row.usual(graph, request);
        if (!row.does(graph, request) || (channels.measured() && !usual)) continue;
        Phases phases = row.phases(graph, request);
        const Seconds closed = closed_time(graph, request.team, phases, channels);
        able.push_back({closed, row.algorithm, std::move(phases)});
    }
    std::ranges::stable_sort(able, {}, &Able::closed);
    Algorithm best = Algorithm::automatic;
    Seconds least;
    for (const auto& [closed, algorithm, phases] : able) {
        if (closed > 2 * able.front().closed) break;
        const Seconds time = engine(graph, request.team, phases, channels);
        if (best != Algorithm::automatic && time >= least) continue;
        best = algorithm;
        least = time;
    }
    return best;
}

CollectiveTime collective_time(const Network& network, Collective collective, const Group& group,
                               Bytes size) {
    CollectiveTime best;
    if (group.size <= 1 || size <= Bytes{}) return best;
    for (const AlgorithmRow& row : table) {
        if (row.formula == nullptr || !row.fits(network, collective, group)) continue;
        const Seconds time = row.formula(network, collective, group, size);
        if (best.algorithm == Algorithm::automatic || time < best.time)
            best = {time, row.algorithm};
    }
    return best;
}

double bus_factor(Collective collective, double ranks) {
    return rounds(collective) * (ranks - 1) / ranks;
}

}  // namespace millwright
