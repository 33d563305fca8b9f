#include "millwright/collective/least_time.h"

#include <algorithm>

#include "millwright/collective/cuts.h"

namespace millwright {
namespace {

/// From the first member to the domain of the last: data may come to any member there, and go on
/// inside.
Seconds least_latency(const FabricGraph& graph, const Team& team) {
    const std::uint32_t inside = std::max<std::uint32_t>(1, graph.domain);
    std::uint32_t member = team.size - 1;
    const std::uint32_t last = endpoint_of(team, 0, member) / inside;
    Seconds least = latency_between(graph, 0, endpoint_of(team, 0, member));
    while (member > 1 && endpoint_of(team, 0, member - 1) / inside == last) {
        --member;
        least = min(least, latency_between(graph, 0, endpoint_of(team, 0, member)));
    }
    return least;
}

}  // namespace

Seconds least_time(const FabricGraph& graph, const Team& team, Collective collective, Bytes size) {
    check_team(graph, team);
    Seconds slowest;
    for (const Near& near : graph.near) {
        const bool reduces = near.endpoints < graph.domain ? graph.reduces : graph.reduces_outside;
        const Bytes out = must_cross(team, near.endpoints, collective, size, reduces);
        slowest = max(slowest, out / near.out);
    }
    // not their sum: data with a shorter way may be sent before
    return max(slowest, least_latency(graph, team));
}

}  // namespace millwright
