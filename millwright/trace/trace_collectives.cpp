#include "millwright/trace/trace_collectives.h"

#include "millwright/base/units.h"

namespace millwright {
namespace {

/// A chain through all ranks, or each rank's part straight from or to the first. Chains are pieces
/// that follow each other: every link of n - 1 carries all bytes, and their depth is the price of
/// the first piece. Of the hops as many cross domains as there are domains beyond the first; parts
/// that go straight take one, the farther kind where there is any.
Phase one_rank_phase(const FabricGraph& graph, const Team& team, ChakraCollective c) {
    const std::uint32_t n = team.size;
    const auto sends = [c, n] {
        std::vector<Send> all;
        for (std::uint32_t i = 1; i < n; ++i) {
            switch (c) {
                case ChakraCollective::broadcast: all.push_back({i - 1, i, 1 * unit::B}); break;
                case ChakraCollective::reduce: all.push_back({i, i - 1, 1 * unit::B}); break;
                case ChakraCollective::scatter: all.push_back({0, i, unit::B / n}); break;
                default: all.push_back({i, 0, unit::B / n}); break;
            }
        }
        return all;
    };
    const bool chain = c == ChakraCollective::broadcast || c == ChakraCollective::reduce;
    Phase phase{.others = sends, .depth = chain ? n - 1.0 : 0};
    // each holds as many members
    const double domains = n / members_in_domain(graph, team);
    const double outer = chain ? domains - 1 : (domains > 1 ? 1 : 0);
    phase.pace.outer_hops = outer;
    phase.pace.inner_hops = chain ? n - domains : (domains > 1 ? 0 : 1);
    (domains > 1 ? phase.pace.outer_calls : phase.pace.inner_calls) = 1;
    return phase;
}

}  // namespace

DoneAs done_as(ChakraCollective c, std::uint32_t ranks) {
    switch (c) {
        case ChakraCollective::all_reduce: return {};
        case ChakraCollective::all_gather: return {Collective::all_gather, true, 1.0 * ranks};
        case ChakraCollective::all_to_all: return {Collective::all_to_all};
        case ChakraCollective::reduce_scatter:
        case ChakraCollective::reduce_scatter_block: return {Collective::reduce_scatter};
        case ChakraCollective::barrier: return {Collective::all_reduce, true, 0};
        default: return {Collective::all_reduce, false};
    }
}

Algorithm algorithm_for(const FabricGraph& graph, Collective collective, const Team& team,
                        Bytes size, const Channels& channels) {
    // a pairwise exchange of many phases is told as everything at once
    const CollectiveRequest request{collective, size, team, {}};
    if (does(Algorithm::direct, graph, request)) return Algorithm::direct;
    if (team.stride < graph.endpoints) return fastest(graph, request, closed_time, channels);
    return collective == Collective::all_to_all ? Algorithm::pairwise : Algorithm::ring;
}

/// Of one byte.
std::vector<Phase> phases_for(const FabricGraph& graph, const Team& team,
                              ChakraCollective collective, Algorithm algorithm) {
    if (team.size < 2) return {};
    const DoneAs done = done_as(collective, team.size);
    if (!done.to_all) return {one_rank_phase(graph, team, collective)};
    return phases_of(algorithm, graph, {done.collective, 1 * unit::B, team, {}});
}

Seconds collective_seconds(const FabricGraph& graph, const Team& team, ChakraCollective collective,
                           Bytes size, const Channels& channels) {
    if (team.size < 2 || size <= Bytes{}) return {};
    const DoneAs done = done_as(collective, team.size);
    const Bytes whole = done.size_scale * size;
    Algorithm algorithm = Algorithm::automatic;
    if (done.to_all) algorithm = algorithm_for(graph, done.collective, team, whole, channels);
    std::vector<Phase> phases;
    if (done.to_all) {
        phases = phases_of(algorithm, graph, {done.collective, whole, team, {}});
    } else {
        phases = {one_rank_phase(graph, team, collective)};
    }
    return closed_time(graph, team, phases, channels);
}

}  // namespace millwright
