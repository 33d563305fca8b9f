#include "millwright/fabric/torus.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "millwright/base/units.h"
#include "millwright/fabric/topology.h"
#include "millwright/sim/hash.h"

namespace millwright {

TorusLinks::TorusLinks(const TorusRequest& request, FabricGraph& graph, std::uint8_t tier)
    : request_(request), first_(static_cast<LinkId>(graph.capacity.size())) {
    for (const std::uint32_t d : request.dimensions) size_ *= d;
    const std::uint32_t copies = (request.nodes + size_ - 1) / size_;
    const std::size_t end = first_ + 2UL * copies * size_ * request.dimensions.size();
    graph.capacity.resize(end, request.port);
    graph.latency.resize(end, request.hop);
    graph.tier.resize(end, tier);
}

LinkId TorusLinks::link_at(std::uint32_t node, std::size_t dimension, bool back) const {
    return static_cast<LinkId>(first_ + 2 * (node * request_.dimensions.size() + dimension) +
                               (back ? 1 : 0));
}

void TorusLinks::way(std::uint32_t from, std::uint32_t to, std::span<const std::size_t> order,
                     bool back, std::vector<LinkId>& links) const {
    std::uint32_t node = from;
    for (const std::size_t dimension : order) {
        std::uint32_t stride = 1;
        for (std::size_t i = 0; i < dimension; ++i) stride *= request_.dimensions[i];
        const std::uint32_t length = request_.dimensions[dimension];
        const std::uint32_t here = node / stride % length;
        const std::uint32_t there = to / stride % length;
        const std::uint32_t ahead = (there + length - here) % length;
        const bool backwards =
            request_.wraps ? 2 * ahead > length || (2 * ahead == length && back) : there < here;
        std::uint32_t at = here;
        while (at != there) {
            links.push_back(link_at(node, dimension, backwards));
            const std::uint32_t next = (at + (backwards ? length - 1 : 1)) % length;
            node += next * stride - at * stride;  // wraps around zero as it should
            at = next;
        }
    }
}

void TorusLinks::picked_way(std::uint32_t from, std::uint32_t to, Routing routing,
                            std::uint64_t flow, std::vector<LinkId>& links) const {
    std::vector<std::size_t> order(dimensions());
    std::iota(order.begin(), order.end(), 0UL);
    const std::uint64_t hash =
        routing == Routing::single ? 0 : mixed_bits(mixed_bits(mixed_bits(from) ^ to) ^ flow);
    const auto turn = static_cast<std::ptrdiff_t>((hash >> 1U) % order.size());
    std::rotate(order.begin(), order.begin() + turn, order.end());
    way(from, to, order, (hash & 1U) != 0, links);
}

std::string TorusLinks::name(LinkId link, std::string_view node) const {
    constexpr std::array axes{'x', 'y', 'z', 'u', 'v', 'w'};
    const LinkId at = link - first_;
    const std::size_t dimension = at / 2 % dimensions();
    return fmt::format("{} {} {}{}", node, at / 2 / dimensions(), axes[dimension % axes.size()],
                       at % 2 == 0 ? '+' : '-');
}

MeshLinks::MeshLinks(const MeshRequest& request, FabricGraph& graph, std::uint8_t tier)
    : request_(request), first_(static_cast<LinkId>(graph.capacity.size())) {
    const std::uint32_t copies = (request.nodes + request.size - 1) / request.size;
    const std::size_t end = first_ + 1UL * copies * request.size * request.size;
    graph.capacity.resize(end, request.port);
    graph.latency.resize(end, request.hop);
    graph.tier.resize(end, tier);
}

LinkId MeshLinks::link(std::uint32_t from, std::uint32_t to) const {
    return first_ + from * request_.size + to % request_.size;
}

std::string MeshLinks::name(LinkId link, std::string_view node) const {
    const LinkId at = link - first_;
    const std::uint32_t from = at / request_.size;
    return fmt::format("{} {} to {}", node, from,
                       from / request_.size * request_.size + at % request_.size);
}

namespace {

/// All orders of the dimensions, each in both directions round where they are as long.
void spread_ways(const TorusLinks& torus, std::uint32_t from, std::uint32_t to, Ways& ways) {
    std::vector<std::size_t> order(torus.dimensions());
    std::iota(order.begin(), order.end(), 0UL);
    double count = 2;
    for (std::size_t i = 2; i <= order.size(); ++i) count *= static_cast<double>(i);
    do {
        for (const bool back : {false, true}) {
            torus.way(from, to, order, back, ways.links);
            ways.close(1 / count);
        }
    } while (std::next_permutation(order.begin(), order.end()));
}

/// Slabs of ever more dimensions and the links out of them.
std::vector<Near> slabs(const FabricShape& shape) {
    std::vector<Near> near;
    double nodes = 1;
    auto left = static_cast<double>(shape.dimensions.size());
    for (const std::uint32_t length : shape.dimensions) {
        if (nodes < shape.endpoints) {
            near.push_back({static_cast<std::uint32_t>(nodes), 2 * left * nodes * shape.port});
        }
        nodes *= length;
        --left;
    }
    return near;
}

FabricGraph torus_graph(const FabricShape& shape) {
    FabricGraph graph;
    const TorusLinks torus({.dimensions = shape.dimensions,
                            .wraps = shape.kind == FabricKind::torus,
                            .nodes = shape.endpoints,
                            .port = shape.port,
                            .hop = shape.hop},
                           graph, 0);
    graph.tiers = {"neighbours"};
    graph.near = slabs(shape);
    graph.by_links = true;
    graph.route = [torus, routing = shape.routing](std::uint32_t from, std::uint32_t to,
                                                   std::uint64_t flow, Ways& ways) {
        if (routing == Routing::adaptive && from != to) return spread_ways(torus, from, to, ways);
        torus.picked_way(from, to, routing, flow, ways.links);
        ways.close();
    };
    graph.name = [torus](LinkId link) { return torus.name(link, "node"); };
    graph.parallel = [](LinkId) { return 1.0; };
    std::vector<std::string> lengths;
    for (const std::uint32_t d : shape.dimensions) lengths.push_back(std::to_string(d));
    graph.description = fmt::format("{} of {}, {} a link", name_of(shape.kind),
                                    fmt::join(lengths, " x "), to_text(shape.port));
    return graph;
}

FabricGraph full_mesh_graph(const FabricShape& shape) {
    FabricGraph graph;
    const std::uint32_t n = shape.endpoints;
    const MeshLinks mesh({.size = n, .nodes = n, .port = shape.port, .hop = shape.hop}, graph, 0);
    graph.tiers = {"peers"};
    graph.near = {{1, (n - 1) * shape.port, (n - 1) * shape.port}};
    graph.scale_up_tiers = 1;
    graph.domain = n;
    graph.inside = graph.near[0].out;
    graph.pair = shape.port;
    graph.route = [mesh](std::uint32_t from, std::uint32_t to, std::uint64_t, Ways& ways) {
        if (from != to) ways.links.push_back(mesh.link(from, to));
        ways.close();
    };
    graph.name = [mesh](LinkId link) { return mesh.name(link, "node"); };
    graph.parallel = [](LinkId) { return 1.0; };
    graph.description = fmt::format("full mesh of {}, {} a link", n, to_text(shape.port));
    return graph;
}

std::vector<double> lengths_of(const FabricShape& shape) {
    return {shape.dimensions.begin(), shape.dimensions.end()};
}

double nodes_of(const FabricShape& shape) {
    double all = 1;
    for (const double length : lengths_of(shape)) all *= length;
    return all;
}

Bandwidth torus_port(const FabricShape& shape, double) {
    return 2.0 * static_cast<double>(shape.dimensions.size()) * shape.port;
}

std::vector<Reach> torus_reaches(const FabricShape& shape, double ports) {
    const bool wraps = shape.kind == FabricKind::torus;
    double hops = 0;  // of a way of mean length
    for (const double length : lengths_of(shape)) hops += length / (wraps ? 4.0 : 3.0);
    return {{ports, std::max(1.0, hops) * shape.hop,
             1 / exchange_detour(lengths_of(shape), ports, wraps)}};
}

FabricCounts torus_counts(const FabricShape& shape, double ports, double) {
    return {0, ports * static_cast<double>(shape.dimensions.size())};
}

std::vector<std::string> torus_tiers(const FabricShape&) { return {"neighbours"}; }

PlaneLinks torus_plane(const FabricShape& shape, std::uint32_t ports, FabricGraph& graph,
                       std::uint8_t tier) {
    const bool wraps = shape.kind == FabricKind::torus;
    const TorusLinks torus({shape.dimensions, wraps, ports, shape.port, shape.hop}, graph, tier);
    const auto way = [torus, routing = shape.routing](std::uint32_t from, std::uint32_t to,
                                                      std::uint64_t flow,
                                                      std::vector<LinkId>& links) {
        torus.picked_way(from, to, routing, flow, links);
    };
    const auto name = [torus](LinkId link, std::string_view port) {
        return torus.name(link, port);
    };
    return {way, name, [](LinkId) { return 1.0; }};
}

constexpr double most_links = 4e6;  // of a full mesh

double mesh_capacity(const FabricShape&) { return std::floor(std::sqrt(most_links)); }
Bandwidth mesh_port(const FabricShape& shape, double ports) {
    return std::max(1.0, ports - 1) * shape.port;
}
std::vector<Reach> mesh_reaches(const FabricShape& shape, double ports) {
    return {{ports, shape.hop, 1}};
}
FabricCounts mesh_counts(const FabricShape&, double ports, double) {
    return {0, ports * (ports - 1) / 2};
}
std::vector<std::string> mesh_tiers(const FabricShape&) { return {"peers"}; }

PlaneLinks mesh_plane(const FabricShape& shape, std::uint32_t ports, FabricGraph& graph,
                      std::uint8_t tier) {
    const MeshLinks mesh({ports, ports, shape.port, shape.hop}, graph, tier);
    const auto way = [mesh](std::uint32_t from, std::uint32_t to, std::uint64_t,
                            std::vector<LinkId>& links) {
        if (from != to) links.push_back(mesh.link(from, to));
    };
    const auto name = [mesh](LinkId link, std::string_view port) { return mesh.name(link, port); };
    return {way, name, [](LinkId) { return 1.0; }};
}

}  // namespace

double exchange_detour(const std::vector<double>& lengths, double nodes, bool wraps) {
    const auto dimensions = static_cast<double>(lengths.size());
    double most = 1;
    double held = 1;  // by the dimensions before
    for (const double whole : lengths) {
        const double length = std::min(whole, std::ceil(nodes / held));
        held *= whole;
        if (length <= 1) continue;
        // each sends a byte: length / 8 of it meet on a link of a ring, twice that on an open row
        const double on_link = wraps && length >= whole ? length / 8 : length / 4;
        most = std::max(most, 2 * dimensions * on_link);
    }
    return most;
}

template <>
TopologyRow topology_row<FabricKind::torus>() {
    return {FabricKind::torus, true,        nodes_of,    torus_port, torus_reaches,
            torus_counts,      torus_tiers, torus_plane, torus_graph};
}

template <>
TopologyRow topology_row<FabricKind::grid>() {
    return {FabricKind::grid, true,        nodes_of,    torus_port, torus_reaches,
            torus_counts,     torus_tiers, torus_plane, torus_graph};
}

template <>
TopologyRow topology_row<FabricKind::full_mesh>() {
    return {FabricKind::full_mesh, true,       mesh_capacity, mesh_port,      mesh_reaches,
            mesh_counts,           mesh_tiers, mesh_plane,    full_mesh_graph};
}

}  // namespace millwright
