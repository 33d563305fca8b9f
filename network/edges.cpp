#include "network/edges.h"

#include <limits>

namespace millwright {
namespace {

constexpr std::uint32_t unreached = std::numeric_limits<std::uint32_t>::max();

}  // namespace

std::uint32_t node_named(EdgeGraph& graph, const std::string& name) {
    const auto [at, is_new] =
        graph.index.emplace(name, static_cast<std::uint32_t>(graph.nodes.size()));
    if (is_new) {
        graph.nodes.push_back(name);
        graph.leaving.emplace_back();
    }
    return at->second;
}

void add_cable(EdgeGraph& graph, std::uint32_t a, std::uint32_t b, Bandwidth per_direction,
               Seconds latency) {
    for (const auto& [from, to] : {std::pair(a, b), std::pair(b, a)}) {
        graph.leaving[from].push_back(static_cast<LinkId>(graph.from.size()));
        graph.from.push_back(from);
        graph.to.push_back(to);
        graph.capacity.push_back(per_direction);
        graph.latency.push_back(latency);
    }
}

ShortestWays::ShortestWays(const EdgeGraph& graph, std::uint32_t destination)
    : graph_(graph), destination_(destination), distance_(graph.nodes.size(), unreached) {
    // cables go both ways, so links that leave the destination's side lead back to the sources
    std::vector<std::uint32_t> queue{destination};
    distance_[destination] = 0;
    for (std::size_t at = 0; at < queue.size(); ++at) {
        for (const LinkId link : graph.leaving[queue[at]]) {
            const std::uint32_t next = graph.to[link];
            if (distance_[next] != unreached) continue;
            distance_[next] = distance_[queue[at]] + 1;
            queue.push_back(next);
        }
    }
}

bool ShortestWays::reaches(std::uint32_t source) const { return distance_[source] != unreached; }

std::vector<LinkId> ShortestWays::way(std::uint32_t source, Routing routing,
                                      std::uint64_t flow) const {
    std::vector<LinkId> way;
    std::vector<LinkId> choices;
    for (std::uint32_t node = source; node != destination_; node = graph_.to[way.back()]) {
        choices.clear();
        for (const LinkId link : graph_.leaving[node]) {
            if (distance_[graph_.to[link]] + 1 == distance_[node]) choices.push_back(link);
        }
        const std::uint64_t hash = mixed_bits(mixed_bits(flow) ^ (way.size() << 32U) ^ node);
        way.push_back(choices[routing == Routing::single ? 0 : hash % choices.size()]);
    }
    return way;
}

}  // namespace millwright
