// What blocks hold of a team repeats after the least common multiple of both sizes, so that kinds
// of blocks are found in one period. Bytes of a shift follow from runs of neighbours without a
// walk over sends. must_cross() bounds every algorithm from below: where no switch sums, an
// all-reduce over k blocks moves k - 1 buffers together and as many back.
#include "millwright/collective/cuts.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "millwright/base/require.h"

namespace millwright {
namespace {

/// Endpoints after which the layout of groups repeats: `stride` groups side by side.
std::uint64_t block_of_groups(const Team& team) { return 1ULL * team.size * team.stride; }

/// Members that a shift takes out of a block with `m` of a group's `n`, which are neighbours.
std::uint32_t leaving(std::uint32_t n, std::uint32_t m, std::uint32_t shift) {
    // of a run of m in a circle of n the last `shift` leave, if there are so many and as many
    // places outside; beyond half of the circle a shift is one the other way round
    return std::min({shift, n - shift, m, n - m});
}

/// What one block holds, by members.
std::vector<Held> held_in(const Team& team, std::uint64_t begin, std::uint64_t end) {
    const std::uint64_t block = block_of_groups(team);
    std::map<std::uint64_t, std::uint32_t> members;  // of each group
    for (std::uint64_t e = begin; e < end; ++e) {
        const std::uint64_t group = e / block * team.stride + e % block % team.stride;
        if (group < team.count) ++members[group];
    }
    std::map<std::uint32_t, std::uint32_t> groups;
    for (const auto& [group, count] : members) ++groups[count];
    std::vector<Held> held;
    for (const auto& [count, of] : groups) held.push_back({count, of});
    return held;
}

double outside(std::uint32_t members, const Team& team) {
    return static_cast<double>(team.size - members) / team.size;
}

/// What a block must send or take in for a group of which it has so many members. Gathers and
/// scatters: the parts of the members outside come in, or leave. All-to-all: each of its members
/// sends a part to each outside. All-reduce: its sum leaves, or the whole result comes in.
Bytes for_group(Collective collective, std::uint32_t members, const Team& team, Bytes size) {
    switch (collective) {
        case Collective::all_reduce: return members < team.size ? size : Bytes{};
        case Collective::all_gather:
        case Collective::reduce_scatter: return outside(members, team) * size;
        case Collective::all_to_all: return members * outside(members, team) * size;
    }
    return {};
}

}  // namespace

bool lies_evenly(const Team& team, std::uint32_t endpoints) {
    const std::uint64_t block = block_of_groups(team);
    if (endpoints % block == 0) return true;
    if (team.count % team.stride != 0) return false;  // some endpoints belong to no group
    const bool rows = endpoints % team.stride == 0 && block % endpoints == 0;
    return team.stride % endpoints == 0 || rows;
}

std::vector<BlockKind> kinds_of_blocks(const Team& team, std::uint32_t endpoints) {
    const std::uint64_t block = block_of_groups(team);
    const std::uint64_t all = (team.count + team.stride - 1) / team.stride * block;
    if (endpoints >= all || endpoints % block == 0) return {};
    if (lies_evenly(team, endpoints)) {
        const std::uint32_t groups = std::min(endpoints, team.stride);
        return {{{{endpoints / groups, groups}}, static_cast<double>(block / endpoints)}};
    }
    std::map<std::vector<Held>, double> kinds;
    // blocks and groups meet in the same way again after their least common multiple, at the latest
    // when the team ends: what is walked is bounded by the team
    const std::uint64_t period = std::min<std::uint64_t>(all, std::lcm(block, 1ULL * endpoints));
    for (std::uint64_t begin = 0; begin < period; begin += endpoints) {
        ++kinds[held_in(team, begin, std::min(period, begin + endpoints))];
    }
    std::vector<BlockKind> out;
    for (const auto& [held, count] : kinds) out.push_back({held, count});
    return out;
}

std::uint32_t repeating_groups(const Team& team, std::uint32_t endpoints) {
    const std::uint64_t block = block_of_groups(team);
    const std::uint64_t blocks = std::lcm(block, 1ULL * endpoints) / block;
    return narrow<std::uint32_t>(std::min<std::uint64_t>(team.count, blocks * team.stride));
}

std::vector<Cut> cuts_of(const FabricGraph& graph) {
    std::vector<Cut> cuts;
    for (const Near& near : graph.near) {
        cuts.push_back({.near = near.endpoints,
                        .inside = near.endpoints,
                        .out = near.out,
                        .scale_up = near.scale_up});
    }
    const Ports& ports = graph.ports;
    if (graph.domain > 1 && ports.out > Bandwidth{}) {
        cuts.push_back({ports.shared_by, graph.domain, ports.out, ports.receivers});
        cuts.push_back({1, graph.domain, graph.inside, false, true, false, graph.inside});
    }
    if (graph.pair > Bandwidth{}) {
        cuts.push_back({1, graph.domain, graph.pair, false, true, true, graph.pair});
    }
    return cuts;
}

bool crosses(const Cut& cut, std::uint32_t from, std::uint32_t to) {
    return (from / cut.inside == to / cut.inside) == cut.within;
}

void check_team(const FabricGraph& graph, const Team& team) {
    const bool some = team.size > 0 && team.stride > 0 && team.count > 0;
    require(some && endpoint_of(team, team.count - 1, team.size - 1) < graph.endpoints,
            "the groups of a team have members and end within the fabric");
}

Bytes counted_over(const Team& team, const std::vector<Send>& sends, const Cut& cut) {
    const std::uint32_t groups = repeating_groups(team, cut.inside);
    const std::uint64_t used = (groups + team.stride - 1) / team.stride * block_of_groups(team);
    // a port of the last domain may be that of a receiver's like which is no member itself
    const std::uint64_t whole = (used + cut.inside - 1) / cut.inside * cut.inside;
    std::vector<Bytes> out(cut.pairs ? whole * cut.inside : whole / cut.near + 1), in(out.size());
    for (std::uint32_t g = 0; g < groups; ++g) {
        for (const Send& s : sends) {
            const std::uint32_t from = endpoint_of(team, g, s.from);
            const std::uint32_t to = endpoint_of(team, g, s.to);
            if (!crosses(cut, from, to)) continue;
            // with PXN data leaves by the port of the chip in the sender's domain that is like the
            // receiver
            const std::uint32_t like = from / cut.inside * cut.inside + to % cut.inside;
            if (cut.pairs) {
                out[1UL * from * cut.inside + to % cut.inside] += s.bytes;
                continue;
            }
            out[(cut.receivers ? like : from) / cut.near] += s.bytes;
            in[to / cut.near] += s.bytes;
        }
    }
    return max(*std::ranges::max_element(out), *std::ranges::max_element(in));
}

Bytes shifted_over(const Team& team, std::uint32_t shift, Bytes each, const Cut& cut,
                   const std::vector<BlockKind>& kinds) {
    if (cut.within) {
        const bool stays = kinds.empty() || std::ranges::any_of(kinds, [&](const BlockKind& kind) {
                               return std::ranges::any_of(kind.held, [&](const Held& h) {
                                   return h.members > leaving(team.size, h.members, shift);
                               });
                           });
        return stays ? each : Bytes{};
    }
    std::uint32_t most = 0;
    for (const BlockKind& kind : kinds) {
        std::uint32_t sum = 0;
        for (const Held& h : kind.held) sum += h.groups * leaving(team.size, h.members, shift);
        most = std::max(most, sum);
    }
    // past the end of a team whose last block is partly used, two receivers have one like
    const bool twice = cut.receivers && !lies_evenly(team, cut.inside);
    return static_cast<double>(std::min(most, cut.near * (twice ? 2 : 1))) * each;
}

Bytes must_cross(const Team& team, std::uint32_t endpoints, Collective collective, Bytes size,
                 bool reduces) {
    const std::vector<BlockKind> kinds = kinds_of_blocks(team, endpoints);
    Bytes most;
    double touched = 0, blocks = 0, members = 0;
    for (const BlockKind& kind : kinds) {
        Bytes sum;
        for (const Held& h : kind.held) {
            sum += h.groups * for_group(collective, h.members, team, size);
            touched += kind.count * h.groups;
            members += kind.count * h.groups * h.members;
        }
        blocks += kind.count;
        most = max(most, sum);
    }
    if (collective != Collective::all_reduce || reduces || blocks == 0) return most;
    // each group over k blocks moves k - 1 buffers together to add them up, and as many back: the
    // fullest block has at least its mean part
    return max(most, 2 * ((touched - members / team.size) / blocks) * size);
}

}  // namespace millwright
