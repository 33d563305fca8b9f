// Ways go along one dimension after another, each the shorter way round. On a torus the order is
// free and so is the direction half around; `single` takes x, y, z, `ecmp` one of the k rotations
// and a direction by hash, `adaptive` spreads over all k! orders and both directions.
#include "millwright/fabric/torus.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "millwright/base/require.h"
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

void TorusLinks::push_way(std::uint32_t from, std::uint32_t to, std::span<const std::size_t> order,
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

std::uint32_t TorusLinks::choices(std::uint32_t from, std::uint32_t to) const {
    if (request_.routing != Routing::adaptive || from == to) return 1;
    // orders times directions; ways that coincide count as often as they occur
    std::uint32_t count = 2;
    for (std::uint32_t i = 2; i <= dimensions(); ++i) count *= i;
    return count;
}

void TorusLinks::way(std::uint32_t from, std::uint32_t to, std::uint64_t flow, std::uint32_t choice,
                     std::vector<LinkId>& links) const {
    std::array<std::size_t, most_dimensions> all{};
    const std::span order(all.data(), dimensions());
    std::iota(order.begin(), order.end(), 0UL);
    if (request_.routing == Routing::adaptive) {
        // each number below k! is an order: its digits in the factorial base are swaps
        std::size_t left = choice / 2;  // the number of the order, its last places first
        for (std::size_t place = order.size(); place-- > 0; left /= order.size() - place) {
            std::swap(order[place], order[place + left % (order.size() - place)]);
        }
        return push_way(from, to, order, choice % 2 != 0, links);
    }
    const std::uint64_t hash = request_.routing == Routing::single
                                   ? flow  // zero: x, y, z
                                   : mixed_bits(mixed_bits(mixed_bits(from) ^ to) ^ flow);
    const auto turn = static_cast<std::ptrdiff_t>((hash >> 1U) % order.size());
    std::rotate(order.begin(), order.begin() + turn, order.end());
    push_way(from, to, order, (hash & 1U) != 0, links);
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

// `from` is numbered over all copies, `to` matters by its place in the copy
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

/// Slabs of ever more dimensions and the links out of them: whole in the first dimensions, one node
/// long in the others, so each node has two links out in each of the `left`. The thinner slabs of a
/// grid's ends have fewer: what stands here bounds them all.
std::vector<Near> slabs(const FabricShape& shape) {
    std::vector<Near> near;
    double nodes = 1;
    auto left = static_cast<double>(shape.dimensions.size());
    for (const std::uint32_t length : shape.dimensions) {
        if (nodes < shape.endpoints) {
            near.push_back({narrow<std::uint32_t>(nodes), 2 * left * nodes * shape.port});
        }
        nodes *= length;
        --left;
    }
    return near;
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

/// Mean distance of two places on a ring of length L is L / 4, on an open row about L / 3. All
/// ports are one reach: a torus has no tier beyond which less of the rate is left.
std::vector<Reach> torus_reaches(const FabricShape& shape, double ports) {
    const bool wraps = shape.kind == FabricKind::torus;
    double hops = 0;  // of a way of mean length
    for (const double length : lengths_of(shape)) hops += length / (wraps ? 4.0 : 3.0);
    return {{ports, std::max(1.0, hops) * shape.hop,
             1 / exchange_detour(lengths_of(shape), ports, wraps)}};
}

/// A cable ahead for each node and dimension, as the one back is its neighbour's; but none from the
/// ends of a grid's rows, and none from a node to itself.
FabricCounts torus_counts(const FabricShape& shape, double ports, double) {
    double ahead = 0;  // of a node
    for (const double length : lengths_of(shape)) {
        const bool closes = shape.kind == FabricKind::torus && length > 1;
        ahead += closes ? 1 : (length - 1) / length;
    }
    return {0, std::round(ports * ahead)};
}

double no_switches(const FabricShape&) { return 0; }

std::vector<std::string> torus_tiers(const FabricShape&) { return {"neighbours"}; }

PlaneLinks torus_plane(const FabricShape& shape, std::uint32_t ports, FabricGraph& graph,
                       std::uint8_t tier) {
    const bool wraps = shape.kind == FabricKind::torus;
    const TorusLinks torus({shape.dimensions, wraps, ports, shape.port, shape.hop, shape.routing},
                           graph, tier);
    const auto choices = [torus](std::uint32_t from, std::uint32_t to) {
        return torus.choices(from, to);
    };
    const auto way = [torus](std::uint32_t from, std::uint32_t to, std::uint64_t flow,
                             std::uint32_t choice, std::vector<LinkId>& links) {
        torus.way(from, to, flow, choice, links);
    };
    const auto name = [torus](LinkId link, std::string_view port) {
        return torus.name(link, port);
    };
    return {choices, way, name, [](LinkId) { return 1.0; }};
}

FabricGraph torus_graph(const FabricShape& shape) {
    FabricGraph graph;
    be_plane(graph, torus_plane(shape, shape.endpoints, graph, 0), "node");
    graph.tiers = torus_tiers(shape);
    graph.near = slabs(shape);
    graph.by_links = true;
    std::vector<std::string> lengths;
    for (const std::uint32_t d : shape.dimensions) lengths.push_back(std::to_string(d));
    graph.description = fmt::format("{} of {}, {} a link", name_of(shape.kind),
                                    fmt::join(lengths, " x "), to_text(shape.port));
    return graph;
}

double mesh_capacity(const FabricShape&) { return most_meshed; }
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
    const auto one = [](std::uint32_t, std::uint32_t) { return 1U; };
    const auto way = [mesh](std::uint32_t from, std::uint32_t to, std::uint64_t, std::uint32_t,
                            std::vector<LinkId>& links) {
        if (from != to) links.push_back(mesh.link(from, to));
    };
    const auto name = [mesh](LinkId link, std::string_view port) { return mesh.name(link, port); };
    return {one, way, name, [](LinkId) { return 1.0; }};
}

FabricGraph full_mesh_graph(const FabricShape& shape) {
    FabricGraph graph;
    const std::uint32_t n = shape.endpoints;
    be_plane(graph, mesh_plane(shape, n, graph, 0), "node");
    graph.tiers = mesh_tiers(shape);
    graph.near = {{1, (n - 1) * shape.port, (n - 1) * shape.port}};
    graph.scale_up_tiers = 1;
    graph.domain = n;
    graph.inside = graph.near[0].out;
    graph.pair = shape.port;
    graph.description = fmt::format("full mesh of {}, {} a link", n, to_text(shape.port));
    return graph;
}

}  // namespace

// With k dimensions a node has 2k links of rate p. In a ring of length L each byte goes L / 4 on
// average and a node has two links to carry it, so L / 8 bytes meet on each. On an open row half of
// the row sends half of its bytes over the middle link: L / 4. That link needs so many bytes / p,
// against one byte / (2k p) at the rate of all links: 2k times as long as the bytes on the link. A
// dimension that the nodes do not fill is an open row, as its ring does not close.
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
    return {FabricKind::torus, true,        nodes_of,    torus_port,  torus_reaches,
            torus_counts,      no_switches, torus_tiers, torus_plane, torus_graph};
}

template <>
TopologyRow topology_row<FabricKind::grid>() {
    return {FabricKind::grid, true,        nodes_of,    torus_port,  torus_reaches,
            torus_counts,     no_switches, torus_tiers, torus_plane, torus_graph};
}

template <>
TopologyRow topology_row<FabricKind::full_mesh>() {
    return {FabricKind::full_mesh, true,        mesh_capacity, mesh_port,  mesh_reaches,
            mesh_counts,           no_switches, mesh_tiers,    mesh_plane, full_mesh_graph};
}

}  // namespace millwright
