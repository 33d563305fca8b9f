#include "network/clos.h"

#include <array>

#include <fmt/format.h>

namespace millwright {
namespace {

/// Links by kind: a block of ids each, all of one direction.
struct Layout {
    std::uint32_t half, edges, hosts;
    bool bundled;  // parallel links as one
    // first id of each block
    LinkId host_up, host_down, edge_up, edge_down, pod_up, pod_down, end;
};

Layout layout_of(const Clos& tree) {
    Layout l{};
    l.half = tree.radix / 2;
    l.hosts = tree.hosts;
    const std::uint32_t pods = (tree.hosts + l.half * l.half - 1) / (l.half * l.half);
    l.edges = pods * l.half;
    l.bundled = tree.routing == Routing::adaptive;
    // an edge switch and an aggregation switch have k/2 links up each; bundled, an edge has one
    // bundle up and a pod has one bundle to the core
    const std::uint32_t edge_links = l.bundled ? l.edges : l.edges * l.half;
    const std::uint32_t pod_links = l.bundled ? pods : l.edges * l.half;
    l.host_up = 0;
    l.host_down = l.host_up + l.hosts;
    l.edge_up = l.host_down + l.hosts;
    l.edge_down = l.edge_up + edge_links;
    l.pod_up = l.edge_down + edge_links;
    l.pod_down = l.pod_up + pod_links;
    l.end = l.pod_down + pod_links;
    return l;
}

/// Which aggregation switch of a pod, and which of its links to the core.
std::array<std::uint32_t, 2> choice_of(const Clos& tree, std::uint32_t source,
                                       std::uint32_t destination, std::uint64_t flow) {
    const std::uint32_t half = tree.radix / 2;
    if (tree.routing == Routing::single) {
        return {destination % half, destination / half % half};
    }
    const std::uint64_t hash = mixed_bits(mixed_bits(mixed_bits(source) ^ destination) ^ flow);
    return {static_cast<std::uint32_t>(hash % half),
            static_cast<std::uint32_t>((hash >> 32U) % half)};
}

}  // namespace

std::uint64_t mixed_bits(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

double clos_capacity(double radix) { return radix * radix * radix / 4; }

std::uint32_t clos_radix(double hosts) {
    for (const std::uint32_t radix : {64U, 128U, 144U}) {
        if (hosts <= clos_capacity(radix)) return radix;
    }
    return 0;
}

Clos fat_tree_of(std::uint32_t hosts, Routing routing) {
    return {.radix = clos_radix(hosts),
            .hosts = hosts,
            .port = 50 * unit::GBps,
            .hop = 500 * unit::ns,
            .routing = routing};
}

FlowProblem clos_problem(const Clos& tree) {
    const Layout l = layout_of(tree);
    FlowProblem problem;
    problem.first.push_back(0);
    problem.capacity.assign(l.end, tree.port);
    problem.latency.assign(l.end, tree.hop);
    if (!l.bundled) return problem;
    const double half = l.half;
    for (LinkId link = l.edge_up; link < l.pod_up; ++link) {
        problem.capacity[link] = half * tree.port;
    }
    for (LinkId link = l.pod_up; link < l.end; ++link) {
        problem.capacity[link] = half * half * tree.port;
    }
    return problem;
}

std::vector<LinkId> clos_way(const Clos& tree, std::uint32_t source, std::uint32_t destination,
                             std::uint64_t flow) {
    if (source == destination) return {};
    const Layout l = layout_of(tree);
    const std::uint32_t from = source / l.half;
    const std::uint32_t to = destination / l.half;
    std::vector<LinkId> way{l.host_up + source};
    if (from != to) {
        const auto [aggregation, core] = choice_of(tree, source, destination, flow);
        const std::uint32_t from_pod = from / l.half;
        const std::uint32_t to_pod = to / l.half;
        // link `aggregation` of an edge; link `core` of the pod's aggregation switch
        const auto edge_link = [&](std::uint32_t edge) {
            return l.bundled ? edge : edge * l.half + aggregation;
        };
        const auto pod_link = [&](std::uint32_t pod) {
            return l.bundled ? pod : (pod * l.half + aggregation) * l.half + core;
        };
        way.push_back(l.edge_up + edge_link(from));
        if (from_pod != to_pod) {
            way.push_back(l.pod_up + pod_link(from_pod));
            way.push_back(l.pod_down + pod_link(to_pod));
        }
        way.push_back(l.edge_down + edge_link(to));
    }
    way.push_back(l.host_down + destination);
    return way;
}

std::string clos_link_name(const Clos& tree, LinkId link) {
    const Layout l = layout_of(tree);
    if (link < l.host_down) return fmt::format("host {} up", link);
    if (link < l.edge_up) return fmt::format("host {} down", link - l.host_down);
    const bool edge = link < l.pod_up;
    const bool up = edge ? link < l.edge_down : link < l.pod_down;
    const LinkId at = link - (edge ? (up ? l.edge_up : l.edge_down) : (up ? l.pod_up : l.pod_down));
    const char* way = up ? "up" : "down";
    if (l.bundled) return fmt::format("{} {} {}, all links", edge ? "edge" : "pod", at, way);
    return fmt::format("{} {} {}, link {}", edge ? "edge" : "aggregation", at / l.half, way,
                       at % l.half);
}

}  // namespace millwright
