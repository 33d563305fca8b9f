#include "network/edges.h"

#include <algorithm>
#include <limits>
#include <memory>

#include <fmt/format.h>

#include "base/text.h"
#include "network/hash.h"

namespace millwright {
namespace {

constexpr std::uint32_t unreached = std::numeric_limits<std::uint32_t>::max();

/// Links to a node's neighbours, and how far every node is from one destination.
struct Towards {
    std::vector<std::uint32_t> distance;

    Towards(const EdgeGraph& graph, std::uint32_t destination)
        : distance(graph.nodes.size(), unreached) {
        // cables go both ways, so links that leave the destination's side lead back to the sources
        std::vector<std::uint32_t> queue{destination};
        distance[destination] = 0;
        for (std::size_t at = 0; at < queue.size(); ++at) {
            for (const LinkId link : graph.leaving[queue[at]]) {
                const std::uint32_t next = graph.to[link];
                const bool dead = graph.capacity[link ^ 1U] <= Bandwidth{};
                if (dead || distance[next] != unreached) continue;
                distance[next] = distance[queue[at]] + 1;
                queue.push_back(next);
            }
        }
    }
};

class ShortestWays {
public:
    ShortestWays(EdgeGraph edges, std::vector<std::uint32_t> endpoints, Routing routing)
        : edges_(std::move(edges)), endpoints_(std::move(endpoints)), routing_(routing) {}

    void route(std::uint32_t from, std::uint32_t to, std::uint64_t flow, Ways& ways) {
        const std::uint32_t source = endpoints_[from];
        const std::uint32_t destination = endpoints_[to];
        const auto [at, is_new] = towards_.try_emplace(destination, edges_, destination);
        const std::vector<std::uint32_t>& distance = at->second.distance;
        if (distance[source] == unreached) return;
        std::vector<LinkId> way;
        if (routing_ == Routing::adaptive) return spread(distance, source, way, 1, ways);
        std::uint32_t hop = 0;
        for (std::uint32_t node = source; distance[node] > 0; ++hop) {
            const std::vector<LinkId> next = nearer(distance, node);
            const std::uint64_t hash =
                mixed_bits(mixed_bits(flow) ^ (static_cast<std::uint64_t>(hop) << 32U) ^ node);
            ways.links.push_back(next[routing_ == Routing::single ? 0 : hash % next.size()]);
            node = edges_.to[ways.links.back()];
        }
        ways.close();
    }

    std::string name(LinkId link) const {
        return edges_.nodes[edges_.from[link]] + " to " + edges_.nodes[edges_.to[link]];
    }

private:
    std::vector<LinkId> nearer(const std::vector<std::uint32_t>& distance,
                               std::uint32_t node) const {
        std::vector<LinkId> links;
        for (const LinkId link : edges_.leaving[node]) {
            const bool dead = edges_.capacity[link] <= Bandwidth{};
            if (!dead && distance[edges_.to[link]] + 1 == distance[node]) links.push_back(link);
        }
        return links;
    }

    /// All shortest ways, up to a number that no sane fabric needs.
    void spread(const std::vector<std::uint32_t>& distance, std::uint32_t node,
                std::vector<LinkId>& way, double share, Ways& ways) const {
        constexpr std::size_t most = 256;
        if (distance[node] == 0) {
            ways.links.insert(ways.links.end(), way.begin(), way.end());
            return ways.close(share);
        }
        std::vector<LinkId> next = nearer(distance, node);
        if (ways.count() + next.size() > most) next.resize(1);
        for (const LinkId link : next) {
            way.push_back(link);
            spread(distance, edges_.to[link], way, share / static_cast<double>(next.size()), ways);
            way.pop_back();
        }
    }

    EdgeGraph edges_;
    std::vector<std::uint32_t> endpoints_;
    Routing routing_;
    std::map<std::uint32_t, Towards> towards_;
};

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

std::vector<std::uint32_t> endpoints_of(const EdgeGraph& graph) {
    std::vector<std::pair<double, std::uint32_t>> numbered;
    std::vector<std::uint32_t> leaves;
    for (std::uint32_t node = 0; node < graph.nodes.size(); ++node) {
        const auto number = number_of(graph.nodes[node]);
        if (number) numbered.emplace_back(*number, node);
        if (graph.leaving[node].size() == 1) leaves.push_back(node);
    }
    if (numbered.empty()) return leaves;
    std::ranges::sort(numbered);
    std::vector<std::uint32_t> nodes;
    for (const auto& [number, node] : numbered) nodes.push_back(node);
    return nodes;
}

FabricGraph graph_of(EdgeGraph edges, const std::vector<std::uint32_t>& endpoints,
                     Routing routing) {
    FabricGraph graph;
    graph.endpoints = static_cast<std::uint32_t>(endpoints.size());
    graph.routing = routing;
    graph.capacity = edges.capacity;
    graph.latency = edges.latency;
    graph.tier.assign(edges.capacity.size(), 0);
    graph.tiers = {"cables"};
    Bandwidth out;
    for (const std::uint32_t node : endpoints) {
        Bandwidth own;
        for (const LinkId link : edges.leaving[node]) own += edges.capacity[link];
        out = max(out, own);
    }
    graph.near = {{1, out}};
    graph.by_links = true;
    graph.description =
        fmt::format("{} nodes, {} cables", edges.nodes.size(), edges.from.size() / 2);
    const auto ways = std::make_shared<ShortestWays>(std::move(edges), endpoints, routing);
    graph.route = [ways](std::uint32_t from, std::uint32_t to, std::uint64_t flow, Ways& into) {
        ways->route(from, to, flow, into);
    };
    graph.name = [ways](LinkId link) { return ways->name(link); };
    graph.parallel = [](LinkId) { return 1.0; };
    return graph;
}

}  // namespace millwright
