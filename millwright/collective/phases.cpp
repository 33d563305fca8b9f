// Closed form and flows time the same phases. The closed form takes the fullest cut; where links
// are not all alike it adds up the load of each link. Latencies are those of some groups and
// sends that stand for all. Sends of a shift are counted one by one only where blocks are uneven
// and there are few enough. A pipeline's latency is taken out of its flows and counted by level.
#include "millwright/collective/phases.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/collective/algorithms.h"
#include "millwright/collective/cuts.h"

namespace millwright {
namespace {

/// A cut, what blocks of it hold, and what the fullest needs in a phase.
struct CutTime {
    Cut cut;
    std::vector<BlockKind> kinds;
    bool even = true;
    Seconds time{};
};

/// No cuts tell the rate of links that are not all alike.
bool adds_up_links(const FabricGraph& graph) { return graph.by_links || graph.degraded; }

std::vector<CutTime> cuts_for(const FabricGraph& graph, const Team& team) {
    std::vector<CutTime> cuts;
    if (adds_up_links(graph)) return cuts;
    for (const Cut& cut : cuts_of(graph)) {
        cuts.push_back({cut, kinds_of_blocks(team, cut.inside), lies_evenly(team, cut.inside)});
    }
    return cuts;
}

/// Groups whose ways stand for all: the first, or some of those that lie differently.
std::vector<std::uint32_t> sampled_groups(const Team& team, const std::vector<CutTime>& cuts) {
    constexpr std::uint32_t few = 8;
    std::uint32_t unlike = 1;
    for (const CutTime& c : cuts) {
        if (!c.even) unlike = std::max(unlike, repeating_groups(team, c.cut.inside));
    }
    std::vector<std::uint32_t> groups;
    const std::uint32_t step = (unlike / few) | 1U;
    for (std::uint32_t group = 0; group < unlike; group += step) groups.push_back(group);
    return groups;
}

/// Some of a phase's sends: all of a ring, a few of others, and those between the ends of a group.
std::vector<Send> sampled(const Team& team, const Phase& phase) {
    constexpr std::size_t few = 256;
    std::vector<Send> picked;
    if (phase.shift > 0 && !phase.chained) {
        for (const std::uint32_t i : {0U, team.size / 2, team.size - phase.shift}) {
            picked.push_back({i, (i + phase.shift) % team.size, phase.each});
        }
        return picked;
    }
    const std::vector<Send> sends = sends_of(phase, team);
    if (phase.chained) return sends;
    const std::size_t step = sampling_step(sends.size(), few);
    for (std::size_t i = 0; i < sends.size(); i += step) picked.push_back(sends[i]);
    // of a line these are the farthest
    std::ranges::copy_if(sends, std::back_inserter(picked), [&](const Send& s) {
        return std::min(s.from, s.to) == 0 && std::max(s.from, s.to) == team.size - 1;
    });
    return picked;
}

struct QuietTime {
    Seconds wire;     // of the fullest cut
    Seconds latency;  // the longest way
    Seconds last;     // of the send that is done last
    Seconds mean;     // of a group's sends, in the slowest group
};

[[noreturn]] void cut_off(std::uint32_t from, std::uint32_t to) {
    throw CutOff(fmt::format("no way leads from {} to {}", from, to));
}

double share_of(const FabricGraph& graph, LinkId link, const LinkShares& shares) {
    return is_scale_up(graph, link) ? shares.inner : shares.outer;
}

/// What the fullest link needs when all groups send.
Seconds link_time(const FabricGraph& graph, const Team& team, const Phase& phase,
                  const LinkShares& shares) {
    std::vector<Bytes> load(graph.capacity.size());
    const std::vector<Send> sends = sends_of(phase, team);
    Ways ways;
    for (std::uint32_t group = 0; group < team.count; ++group) {
        for (const Send& send : sends) {
            const std::uint32_t from = endpoint_of(team, group, send.from);
            const std::uint32_t to = endpoint_of(team, group, send.to);
            ways.clear();
            // the sender is the flow that is hashed: closed form and flows then take the same ways
            ways_on(graph, from, to, from, ways);
            if (ways.count() == 0) cut_off(from, to);
            for (std::size_t i = 0; i < ways.count(); ++i) {
                for (const LinkId link : ways.way(i)) load[link] += ways.share[i] * send.bytes;
            }
        }
    }
    Seconds slowest;
    for (std::size_t l = 0; l < load.size(); ++l) {
        if (load[l] <= Bytes{}) continue;
        const double share = share_of(graph, static_cast<LinkId>(l), shares);
        slowest = max(slowest, load[l] / (share * graph.capacity[l]));
    }
    return slowest;
}

/// Whether a phase of a shift is counted send by send: only where blocks are uneven, and not in
/// thousands of turns of thousands of members.
bool counts(const Team& team, const Phase& phase, std::size_t phases, const CutTime& c) {
    constexpr double most = 1 << 22;
    if (phase.shift == 0) return true;
    const double members = 1.0 * team.size * repeating_groups(team, c.cut.inside);
    return !c.even && members * static_cast<double>(phases) <= most;
}

/// Time of each cut in a phase; the slowest.
Seconds cut_times(const Team& team, const Phase& phase, std::size_t phases,
                  const LinkShares& shares, std::vector<CutTime>& cuts) {
    Seconds slowest;
    std::vector<Send> sends;
    for (CutTime& c : cuts) {
        const bool counted = counts(team, phase, phases, c);
        if (counted && sends.empty()) sends = sends_of(phase, team);
        const Bytes out = counted ? counted_over(team, sends, c.cut)
                                  : shifted_over(team, phase.shift, phase.each, c.cut, c.kinds);
        c.time = out / c.cut.rate(shares);
        slowest = max(slowest, c.time);
    }
    return slowest;
}

/// A phase, one of so many, by itself.
QuietTime quiet_time(const FabricGraph& graph, const Team& team, const Phase& phase,
                     std::size_t phases, std::vector<CutTime>& cuts) {
    QuietTime time;
    time.wire = adds_up_links(graph) ? link_time(graph, team, phase, {})
                                     : cut_times(team, phase, phases, {}, cuts);
    const std::vector<Send> some = sampled(team, phase);
    const std::vector<std::uint32_t> groups = sampled_groups(team, cuts);
    for (const std::uint32_t group : groups) {
        Seconds mean;
        for (const Send& send : some) {
            const std::uint32_t from = endpoint_of(team, group, send.from);
            const std::uint32_t to = endpoint_of(team, group, send.to);
            Seconds wire = adds_up_links(graph) ? time.wire : Seconds{};
            for (const CutTime& c : cuts) {
                if (crosses(c.cut, from, to)) wire = max(wire, c.time);
            }
            const Seconds latency = latency_between(graph, from, to);
            time.latency = max(time.latency, latency);
            time.last = max(time.last, wire + latency);
            mean += (wire + latency) / static_cast<double>(some.size());
        }
        time.mean = max(time.mean, mean);
    }
    return time;
}

Seconds turn_time(const Phase& phase, const QuietTime& quiet, Seconds message) {
    if (phase.chained) return max(quiet.wire, quiet.mean) + message;
    if (phase.depth > 0) return pipelined(phase.depth, quiet.wire, quiet.latency, message);
    return max(quiet.wire, quiet.last) + message;
}

/// A measured phase whose wire takes so long a repeat when nothing but links limits it.
Seconds paced(const FabricGraph& graph, const Team& team, const Phase& phase,
              const Channels& channels, Seconds wire) {
    // curves of rings were measured at chips that pass on all that they send, in and out of the
    // domain
    if (const Bandwidth inside = inside_rate(graph, team);
        phase.pace.passes && inside > Bandwidth{}) {
        const LinkShares shares = shares_of(pace_of(phase), channels);
        wire = max(wire, most_sent(phase, team) / (shares.inner * inside));
    }
    Seconds switches;
    if (phase.pace.outer_hops > 0) {
        const std::uint32_t last = endpoint_of(team, 0, team.size - 1);
        switches = switches_between(graph, endpoint_of(team, 0, 0), last);
    }
    return max(phase.repeats * wire, floor_of(phase.pace, channels, switches));
}

/// Adds the flows of all groups; where those of each send end.
std::vector<std::size_t> add_sends(const FabricGraph& graph, const Team& team,
                                   const std::vector<Send>& sends, FlowProblem& flows) {
    Ways ways;
    std::vector<std::size_t> ends;
    ends.reserve(team.count * sends.size());
    for (std::uint32_t group = 0; group < team.count; ++group) {
        for (const Send& send : sends) {
            const std::uint32_t from = endpoint_of(team, group, send.from);
            const std::uint32_t to = endpoint_of(team, group, send.to);
            ways.clear();
            ways_on(graph, from, to, from, ways);
            if (ways.count() == 0) cut_off(from, to);
            for (std::size_t i = 0; i < ways.count(); ++i) {
                flows.add(ways.way(i), ways.share[i] * send.bytes, Seconds{}, ways.share[i]);
            }
            ends.push_back(flows.flows());
        }
    }
    return ends;
}

/// A chain's turn: the mean of all sends around it, each done with its last part, in the slowest of
/// so many groups; or the slowest link if that is more, which turns after each other keep busy
/// though its flows come one by one.
Seconds chained_time(const FlowProblem& flows, const std::vector<std::size_t>& ends,
                     std::uint32_t groups, const FlowOutcome& outcome) {
    Seconds slowest;
    for (std::size_t link = 0; link < flows.capacity.size(); ++link) {
        if (outcome.link_bytes[link] <= Bytes{}) continue;
        slowest = max(slowest, outcome.link_bytes[link] / flows.capacity[link]);
    }
    const std::size_t sends = ends.size() / groups;
    std::size_t flow = 0;
    for (std::size_t send = 0; send < ends.size();) {
        Seconds mean;
        for (const std::size_t last = send + sends; send < last; ++send) {
            Seconds done;
            for (; flow < ends[send]; ++flow) {
                done = max(done, outcome.finish[flow]);
                slowest = max(slowest, outcome.finish[flow] - flows.latency_of(flow));
            }
            mean += done / static_cast<double>(sends);
        }
        slowest = max(slowest, mean);
    }
    return slowest;
}

/// A phase on measured channels by flows: links have the shares of their rates, and no latency.
Seconds measured_flow_time(const FabricGraph& graph, const Team& team, const Phase& phase,
                           const Channels& channels, Symmetry symmetry, FlowProblem& flows) {
    const LinkShares shares = shares_of(pace_of(phase), channels);
    for (LinkId l = 0; l < graph.capacity.size(); ++l) {
        flows.capacity[l] = share_of(graph, l, shares) * graph.capacity[l];
        flows.latency[l] = Seconds{};
    }
    flows.clear();
    add_sends(graph, team, sends_of(phase, team), flows);
    const std::vector<Seconds> finish = run_flows(flows, symmetry).finish;
    const Seconds wire = finish.empty() ? Seconds{} : *std::ranges::max_element(finish);
    return paced(graph, team, phase, channels, wire);
}

/// `flows` has the graph's links; its flows are replaced.
Seconds phase_time(const FabricGraph& graph, const Team& team, const Phase& phase,
                   Symmetry symmetry, FlowProblem& flows) {
    flows.clear();
    const auto ends = add_sends(graph, team, sends_of(phase, team), flows);
    const FlowOutcome outcome = run_flows(flows, symmetry);
    const std::vector<Seconds>& finish = outcome.finish;
    if (finish.empty()) return phase.repeats * graph.message;
    if (phase.chained) {
        return phase.repeats * (chained_time(flows, ends, team.count, outcome) + graph.message);
    }
    const Seconds last = *std::ranges::max_element(finish);
    if (phase.depth <= 0) return phase.repeats * (last + graph.message);
    std::vector<CutTime> cuts = cuts_for(graph, team);
    // flows end with their latency; a pipeline counts it by level
    const Seconds latency = quiet_time(graph, team, phase, 1, cuts).latency;
    return phase.repeats *
           pipelined(phase.depth, max(last - latency, Seconds{}), latency, graph.message);
}

}  // namespace

std::uint32_t endpoint_of(const Team& team, std::uint32_t group, std::uint32_t member) {
    return group / team.stride * team.stride * team.size + group % team.stride +
           member * team.stride;
}

std::size_t sampling_step(std::size_t count, std::size_t few) {
    std::size_t step = std::max<std::size_t>(1, count / few);
    while (std::gcd(step, count) > 1) ++step;
    return step;
}

std::vector<Send> sends_of(const Phase& phase, const Team& team) {
    if (phase.shift == 0) return phase.others();
    std::vector<Send> sends;
    for (std::uint32_t i = 0; i < team.size; ++i) {
        sends.push_back({i, (i + phase.shift) % team.size, phase.each});
    }
    return sends;
}

Bandwidth inside_rate(const FabricGraph& graph, const Team& team) {
    if (graph.pair <= Bandwidth{}) return graph.inside;
    return std::max(1.0, members_in_domain(graph, team) - 1.0) * graph.pair;
}

Bytes most_sent(const Phase& phase, const Team& team) {
    if (phase.shift > 0) return phase.each;
    std::vector<Bytes> sent(team.size);
    for (const Send& send : phase.others()) sent[send.from] += send.bytes;
    return *std::ranges::max_element(sent);
}

Pace pace_of(const Phase& phase) {
    Pace pace = phase.pace;
    if (pace.inner > Bytes{} || pace.outer > Bytes{}) return pace;
    pace.inner = phase.each;
    if (phase.shift == 0) {
        for (const Send& send : phase.others()) pace.inner = max(pace.inner, send.bytes);
    }
    pace.outer = pace.inner;
    return pace;
}

LinkShares shares_of(const Pace& pace, const Channels& channels) {
    const auto share = [](const Channel& channel, Use use, Bytes message, double moved) {
        const Curve& curve = use == Use::ring         ? channel.ring
                             : use == Use::all_to_all ? channel.all_to_all
                                                      : channel.reduced;
        return curve.empty() ? 1.0 : value(curve, message.si()) / moved;
    };
    const double slower = crowd(channels.outer, pace.tree_domains);
    return {share(channels.inner, pace.inner_use, pace.inner, pace.inner_moved),
            share(channels.outer, pace.outer_use, pace.outer, pace.outer_moved * slower)};
}

Seconds floor_of(const Pace& pace, const Channels& channels, Seconds switches) {
    return pace.inner_calls * channels.inner.base + pace.inner_hops * channels.inner.step +
           pace.outer_calls * channels.outer.base +
           pace.outer_hops * (channels.outer.step + switches);
}

Seconds pipelined(double depth, Seconds wire, Seconds latency, Seconds message) {
    if (depth <= 0) return wire + latency + message;
    // (pieces + depth) turns of message + wire / pieces, with the best number of pieces; pieces
    // follow each other on a way, so that its latency is passed once a level
    const double both = wire.si() * depth * message.si();
    return wire + depth * (latency + message) + Seconds::from_si(2 * std::sqrt(both));
}

Seconds closed_time(const FabricGraph& graph, const Team& team, const std::vector<Phase>& phases,
                    const Channels& channels) {
    check_team(graph, team);
    std::vector<CutTime> cuts = cuts_for(graph, team);
    Seconds sum;
    for (const Phase& phase : phases) {
        if (channels.measured()) {
            const LinkShares shares = shares_of(pace_of(phase), channels);
            const Seconds wire = adds_up_links(graph)
                                     ? link_time(graph, team, phase, shares)
                                     : cut_times(team, phase, phases.size(), shares, cuts);
            sum += paced(graph, team, phase, channels, wire);
            continue;
        }
        const QuietTime quiet = quiet_time(graph, team, phase, phases.size(), cuts);
        sum += phase.repeats * turn_time(phase, quiet, graph.message);
    }
    return sum;
}

FlowProblem problem_of(const FabricGraph& graph, const Team& team, const Phase& phase) {
    check_team(graph, team);
    FlowProblem flows = problem_of(graph);
    add_sends(graph, team, sends_of(phase, team), flows);
    return flows;
}

Seconds flow_time(const FabricGraph& graph, const Team& team, const std::vector<Phase>& phases,
                  const Channels& channels, Symmetry symmetry) {
    check_team(graph, team);
    FlowProblem flows = problem_of(graph);
    Seconds sum;
    for (const Phase& phase : phases) {
        sum += channels.measured()
                   ? measured_flow_time(graph, team, phase, channels, symmetry, flows)
                   : phase_time(graph, team, phase, symmetry, flows);
    }
    return sum;
}

}  // namespace millwright
