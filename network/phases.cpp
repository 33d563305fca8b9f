#include "network/phases.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace millwright {
namespace {

/// A cut of the fabric around blocks of endpoints, and what the fullest needs in a phase.
struct Cut {
    std::uint32_t near = 1;    // endpoints of a block
    std::uint32_t inside = 1;  // data between endpoints of so large a block does not cross it
    Bandwidth out;
    bool receivers = false;  // data is counted where it leaves for the receiver's like
    bool within = false;     // data that stays inside is what crosses it
    bool pairs = false;      // each pair has a link of its own
    Seconds time{};
};

std::vector<Cut> cuts_of(const FabricGraph& graph) {
    std::vector<Cut> cuts;
    for (const Near& near : graph.near) cuts.push_back({near.endpoints, near.endpoints, near.out});
    const Ports& ports = graph.ports;
    if (graph.domain > 1 && ports.out > Bandwidth{}) {
        cuts.push_back({ports.shared_by, graph.domain, ports.out, ports.receivers});
        cuts.push_back({1, graph.domain, graph.inside, false, true});
    }
    if (graph.pair > Bandwidth{}) cuts.push_back({1, graph.domain, graph.pair, false, true, true});
    return cuts;
}

bool crosses(const Cut& cut, std::uint32_t from, std::uint32_t to) {
    return (from / cut.inside == to / cut.inside) == cut.within;
}

/// Bytes that cross the fullest block in one turn of a shift. Blocks hold equally many members of
/// each of the groups that they touch.
Bytes shifted_out(const Team& team, const Phase& phase, const Cut& cut) {
    const std::uint32_t members = std::max(1U, cut.inside / team.stride);  // of one group
    if (cut.within) return members > phase.shift ? phase.each : Bytes{};
    if (members >= team.size) return {};
    const std::uint32_t groups = std::min(cut.inside, team.stride);
    const std::uint32_t far = std::min(phase.shift, team.size - phase.shift);
    const std::uint32_t leaving = groups * std::min(far, members);
    return static_cast<double>(std::min(leaving, cut.near)) * phase.each;
}

/// The same of any sends, counted.
Bytes counted_out(const Team& team, const std::vector<Send>& sends, const Cut& cut) {
    const std::uint32_t groups = std::min(team.count, team.stride);  // of one block of groups
    const std::size_t endpoints = 1UL * team.size * team.stride;
    std::vector<Bytes> out(cut.pairs ? endpoints * cut.inside
                                     : (endpoints + cut.inside) / cut.near + 1);
    for (std::uint32_t g = 0; g < groups; ++g) {
        for (const Send& s : sends) {
            const std::uint32_t from = endpoint_of(team, g, s.from);
            const std::uint32_t to = endpoint_of(team, g, s.to);
            if (!crosses(cut, from, to)) continue;
            if (cut.pairs) {
                out[1UL * from * cut.inside + to % cut.inside] += s.bytes;
                continue;
            }
            const std::uint32_t leaves =
                cut.receivers ? from / cut.inside * cut.inside + to % cut.inside : from;
            out[leaves / cut.near] += s.bytes;
        }
    }
    return *std::ranges::max_element(out);
}

Seconds latency_of(const FabricGraph& graph, const Team& team, std::uint32_t from,
                   std::uint32_t to) {
    return latency_between(graph, endpoint_of(team, 0, from), endpoint_of(team, 0, to));
}

/// Some of a phase's sends: all of a ring, a few of others.
std::vector<Send> sampled(const Team& team, const Phase& phase) {
    constexpr std::size_t few = 64;
    std::vector<Send> picked;
    if (phase.shift > 0 && !phase.chained) {
        for (const std::uint32_t i : {0U, team.size / 2, team.size - phase.shift}) {
            picked.push_back({i, (i + phase.shift) % team.size, phase.each});
        }
        return picked;
    }
    const std::vector<Send> sends = sends_of(phase, team);
    if (phase.chained) return sends;
    const std::size_t stride = (sends.size() / few) | 1U;  // odd: no pattern of powers of two hides
    for (std::size_t i = 0; i < sends.size(); i += stride) picked.push_back(sends[i]);
    return picked;
}

struct QuietTime {
    Seconds wire;     // of the fullest cut
    Seconds latency;  // the longest way
    Seconds last;     // of the send that is done last
    Seconds mean;     // of all sends
};

/// What the fullest link needs when all groups send.
Seconds link_time(const FabricGraph& graph, const Team& team, const Phase& phase) {
    std::vector<Bytes> load(graph.capacity.size());
    const std::vector<Send> sends = sends_of(phase, team);
    Ways ways;
    for (std::uint32_t group = 0; group < team.count; ++group) {
        for (const Send& send : sends) {
            const std::uint32_t from = endpoint_of(team, group, send.from);
            ways.clear();
            ways_on(graph, from, endpoint_of(team, group, send.to), from, ways);
            for (std::size_t i = 0; i < ways.count(); ++i) {
                for (const LinkId link : ways.way(i)) load[link] += ways.share[i] * send.bytes;
            }
        }
    }
    Seconds slowest;
    for (std::size_t l = 0; l < load.size(); ++l) {
        slowest = max(slowest, load[l] / graph.capacity[l]);
    }
    return slowest;
}

QuietTime quiet_time(const FabricGraph& graph, const Team& team, const Phase& phase) {
    const std::vector<Send> sends = phase.shift > 0 ? std::vector<Send>{} : phase.others();
    std::vector<Cut> cuts = graph.by_links ? std::vector<Cut>{} : cuts_of(graph);
    QuietTime time;
    if (graph.by_links) time.wire = link_time(graph, team, phase);
    for (Cut& cut : cuts) {
        const Bytes out =
            phase.shift > 0 ? shifted_out(team, phase, cut) : counted_out(team, sends, cut);
        cut.time = out / cut.out;
        time.wire = max(time.wire, cut.time);
    }
    const std::vector<Send> some = sampled(team, phase);
    for (const Send& send : some) {
        Seconds wire = graph.by_links ? time.wire : Seconds{};
        for (const Cut& cut : cuts) {
            const bool crossed =
                crosses(cut, endpoint_of(team, 0, send.from), endpoint_of(team, 0, send.to));
            if (crossed) wire = max(wire, cut.time);
        }
        const Seconds latency = latency_of(graph, team, send.from, send.to);
        time.latency = max(time.latency, latency);
        time.last = max(time.last, wire + latency);
        time.mean += (wire + latency) / static_cast<double>(some.size());
    }
    return time;
}

Seconds turn_time(const Phase& phase, const QuietTime& quiet, Seconds message) {
    if (phase.chained) return max(quiet.wire, quiet.mean) + message;
    if (phase.depth > 0) return pipelined(phase.depth, quiet.wire, quiet.latency + message);
    return max(quiet.wire, quiet.last) + message;
}

void add_sends(const FabricGraph& graph, const Team& team, const std::vector<Send>& sends,
               FlowProblem& flows) {
    Ways ways;
    for (std::uint32_t group = 0; group < team.count; ++group) {
        for (const Send& send : sends) {
            const std::uint32_t from = endpoint_of(team, group, send.from);
            const std::uint32_t to = endpoint_of(team, group, send.to);
            ways.clear();
            ways_on(graph, from, to, from, ways);
            if (ways.count() == 0) {
                throw CutOff(fmt::format("no way leads from {} to {}", from, to));
            }
            for (std::size_t i = 0; i < ways.count(); ++i) {
                flows.add(ways.way(i), ways.share[i] * send.bytes, Seconds{}, ways.share[i]);
            }
        }
    }
}

/// A chain's turn: the mean of all ways around it, or the slowest link if that is more.
Seconds chained_time(const FlowProblem& flows, const std::vector<Seconds>& finish) {
    Seconds sum, slowest;
    for (std::size_t f = 0; f < finish.size(); ++f) {
        sum += finish[f];
        slowest = max(slowest, finish[f] - flows.latency_of(f));
    }
    return max(slowest, sum / static_cast<double>(finish.size()));
}

/// `flows` has the graph's links; its flows are replaced.
Seconds phase_time(const FabricGraph& graph, const Team& team, const Phase& phase,
                   Symmetry symmetry, FlowProblem& flows) {
    flows.clear();
    add_sends(graph, team, sends_of(phase, team), flows);
    const std::vector<Seconds> finish = run_flows(flows, symmetry).finish;
    if (phase.chained) return phase.repeats * (chained_time(flows, finish) + graph.message);
    const Seconds last = *std::ranges::max_element(finish);
    if (phase.depth <= 0) return phase.repeats * (last + graph.message);
    const Seconds latency = quiet_time(graph, team, phase).latency;
    return phase.repeats *
           pipelined(phase.depth, max(last - latency, Seconds{}), latency + graph.message);
}

/// Bytes that must cross the boundary of `inside` of `all` ranks, one way.
Bytes crossing(Collective collective, double inside, double all, Bytes size) {
    const double outside = (all - inside) / all;
    switch (collective) {
        case Collective::all_reduce: return 2 * outside * size;
        case Collective::all_gather:
        case Collective::reduce_scatter: return outside * size;
        case Collective::all_to_all: return inside * outside * size;
    }
    return {};
}

}  // namespace

std::uint32_t endpoint_of(const Team& team, std::uint32_t group, std::uint32_t member) {
    return group / team.stride * team.stride * team.size + group % team.stride +
           member * team.stride;
}

std::vector<Send> sends_of(const Phase& phase, const Team& team) {
    if (phase.shift == 0) return phase.others();
    std::vector<Send> sends;
    for (std::uint32_t i = 0; i < team.size; ++i) {
        sends.push_back({i, (i + phase.shift) % team.size, phase.each});
    }
    return sends;
}

Seconds pipelined(double depth, Seconds wire, Seconds latency) {
    if (depth <= 0) return wire + latency;
    // (pieces + depth) turns of latency + wire / pieces, with the best number of pieces
    const double both = wire.si() * depth * latency.si();
    return wire + depth * latency + Seconds::from_si(2 * std::sqrt(both));
}

Seconds closed_time(const FabricGraph& graph, const Team& team, const std::vector<Phase>& phases) {
    Seconds sum;
    for (const Phase& phase : phases) {
        const QuietTime quiet = quiet_time(graph, team, phase);
        sum += phase.repeats * turn_time(phase, quiet, graph.message);
    }
    return sum;
}

FlowProblem problem_of(const FabricGraph& graph, const Team& team, const Phase& phase) {
    FlowProblem flows = problem_of(graph);
    add_sends(graph, team, sends_of(phase, team), flows);
    return flows;
}

Seconds flow_time(const FabricGraph& graph, const Team& team, const std::vector<Phase>& phases,
                  Symmetry symmetry) {
    FlowProblem flows = problem_of(graph);
    Seconds sum;
    for (const Phase& phase : phases) sum += phase_time(graph, team, phase, symmetry, flows);
    return sum;
}

Seconds least_time(const FabricGraph& graph, const Team& team, Collective collective, Bytes size) {
    Seconds slowest;
    for (const Near& near : graph.near) {
        const std::uint32_t members = std::max(1U, near.endpoints / team.stride);
        if (members >= team.size || team.size % members != 0) continue;
        const double groups = std::min(near.endpoints, team.stride);
        Bytes out = crossing(collective, members, team.size, size);
        if (collective == Collective::all_reduce && graph.reduces && members == 1) out = size;
        slowest = max(slowest, groups * out / near.out);
    }
    // not their sum: data with a shorter way may be sent before
    return max(slowest, latency_of(graph, team, 0, team.size - 1));
}

}  // namespace millwright
