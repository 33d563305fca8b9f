#include "millwright/fabric/failures.h"

#include <algorithm>
#include <array>

#include "millwright/base/require.h"

namespace millwright {
namespace {

/// A file does not say how many endpoints there will be: a link that exists at any number of them
/// exists when the fabric is full.
std::vector<std::string> unknown_when_full(FabricShape shape) {
    std::vector<std::string> unknown;
    shape.endpoints = narrow<std::uint32_t>(capacity_of(shape));
    graph_of(shape, &unknown);
    return unknown;
}

/// The source is the flow, as it is when collectives are timed: hashes then pick the same ways.
bool leads(const FabricGraph& graph, std::uint32_t from, std::uint32_t to, Ways& ways) {
    ways.clear();
    ways_on(graph, from, to, from, ways);
    return ways.count() > 0;
}

}  // namespace

std::vector<std::string> unknown_links(const FabricShape& shape) {
    if (shape.degraded.empty()) return {};
    std::vector<std::string> unknown = unknown_when_full(shape);
    if (unknown.empty() || shape.domain.endpoints > 1) return unknown;
    // A file does not say either whether its endpoints are chips or the ports of servers, which are
    // called otherwise ("port 3 up", not "host 3 up"). The smallest domains that have ports in
    // every plane stand for any server's.
    FabricShape below = shape;  // below servers hosts are ports of domains
    below.domain = {.endpoints = 2, .port = shape.port, .ports = 2 * shape.planes};
    below.domain.tree.tiers = {{2, 1, shape.port, shape.hop}};
    std::erase_if(below.degraded, [&](const Degraded& d) {
        return std::ranges::find(unknown, d.name) == unknown.end() ||
               d.name.starts_with("scale-up");  // whose links are the server's to name
    });
    if (capacity_of(below) < 1) return unknown;
    return unknown_when_full(std::move(below));
}

std::vector<std::string> link_examples(const FabricGraph& graph) {
    std::vector<std::string> names;
    std::vector<bool> shown(graph.tiers.size(), false);
    for (LinkId link = 0; link < graph.tier.size(); ++link) {
        if (shown[graph.tier[link]]) continue;
        shown[graph.tier[link]] = true;
        names.push_back(graph.name(link));
    }
    return names;
}

std::optional<std::pair<std::uint32_t, std::uint32_t>> cut_off(const FabricGraph& graph) {
    if (!graph.impaired) return std::nullopt;
    const std::uint32_t n = graph.endpoints;
    Ways ways;
    for (const std::uint32_t step : std::array{1U, graph.domain, n / 2}) {
        for (std::uint32_t from = 0; from < n; ++from) {
            const std::uint32_t to = (from + step) % n;
            if (!leads(graph, from, to, ways)) return std::pair(from, to);
        }
    }
    return std::nullopt;
}

}  // namespace millwright
