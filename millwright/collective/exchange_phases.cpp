// Phases of collectives and messages as a program's exchanges have them.
#include "millwright/collective/program.h"

namespace millwright {
namespace {

struct Latencies {
    Seconds mean, longest;
};

/// Of a few of the sends.
Latencies latencies_of(const FabricGraph& graph, const std::vector<Send>& sends) {
    constexpr std::size_t few = 512;
    const std::size_t step = sampling_step(sends.size(), few);
    Latencies out;
    double count = 0;
    for (std::size_t i = 0; i < sends.size(); i += step, ++count) {
        const Seconds latency = latency_between(graph, sends[i].from, sends[i].to);
        out.mean += latency;
        out.longest = max(out.longest, latency);
    }
    if (count > 0) out.mean = out.mean / count;
    return out;
}

/// What measured channels make of a phase in place of the latencies of its ways.
void measure(const FabricGraph& graph, const Channels& channels, const Phase& phase,
             const Team& team, Seconds switches, ExchangePhase& out) {
    out.pace = pace_of(phase);
    out.least = floor_of(out.pace, channels, switches);
    const Bandwidth inside = inside_rate(graph, team);
    if (!out.pace.passes || inside <= Bandwidth{}) return;
    out.by_chips = phase.repeats * most_sent(phase, team) / inside;
}

}  // namespace

std::vector<ExchangePhase> exchange_phases(const FabricGraph& graph, const Team& team,
                                           const std::vector<Phase>& of_one_byte,
                                           const std::vector<std::uint32_t>& endpoints,
                                           const Channels& channels) {
    std::vector<ExchangePhase> phases;
    for (const Phase& phase : of_one_byte) {
        ExchangePhase out;
        const std::vector<Send> sends = sends_of(phase, team);
        for (std::size_t group = 0; group < endpoints.size(); group += team.size) {
            for (const Send& s : sends) {
                out.sends.push_back(
                    {endpoints[group + s.from], endpoints[group + s.to], phase.repeats * s.bytes});
            }
        }
        if (channels.measured()) {
            const Seconds switches =
                switches_between(graph, endpoints.front(), endpoints[team.size - 1]);
            measure(graph, channels, phase, team, switches, out);
        } else {
            const Latencies latencies = latencies_of(graph, out.sends);
            out.depth = phase.depth;
            out.message = graph.message;
            // a chain waits for its own neighbour, so hops add up to their mean; other repeats wait
            // for all
            out.latency = (phase.chained ? latencies.mean : latencies.longest) + graph.message;
            out.wait = (phase.repeats - 1) * out.latency + graph.message;
        }
        phases.push_back(std::move(out));
    }
    return phases;
}

ExchangePhase message_phase(const FabricGraph& graph, std::uint32_t from, std::uint32_t to,
                            const Channels& channels) {
    ExchangePhase out{.sends = {{from, to, 1 * unit::B}}, .wait = graph.message};
    if (!channels.measured()) return out;
    out.pace.inner = out.pace.outer = 1 * unit::B;
    const bool inside = from / graph.domain == to / graph.domain;
    out.wait =
        inside ? channels.inner.base : channels.outer.base + switches_between(graph, from, to);
    return out;
}

}  // namespace millwright
