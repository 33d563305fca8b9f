// Scale-up domains below a fabric of any kind, in planes or rails, as one graph.
//
// Ids: first the links inside all domains, then plane after plane. A way out of a domain has three
// parts: inside to the endpoint whose port is taken, through that port's plane, and in by the port
// of the receiver. With planes or rails (and `forwards`) the port is that of the receiver's number,
// so that the plane is crossed without its upper tiers where rails allow it: NCCL's PXN.
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/fabric/topology.h"
#include "millwright/fabric/torus.h"
#include "millwright/sim/hash.h"

namespace millwright {
namespace {

/// The fabrics inside all domains.
struct Inside {
    std::optional<TreeLinks> tree;
    std::optional<TorusLinks> torus;
    std::optional<MeshLinks> mesh;

    bool exists() const { return tree || torus || mesh; }

    /// Ways that data is spread over evenly.
    std::uint32_t choices(std::uint32_t from, std::uint32_t to) const {
        return torus ? torus->choices(from, to) : 1;
    }
    void way(std::uint32_t from, std::uint32_t to, std::uint64_t flow, std::uint32_t choice,
             std::vector<LinkId>& links) const {
        if (from == to) return;
        if (tree) return tree->way(from, to, flow, links);
        if (torus) return torus->way(from, to, flow, choice, links);
        links.push_back(mesh->link(from, to));
    }

    std::string name(LinkId link) const {
        if (tree) return tree->name(link, "chip");
        return torus ? torus->name(link, "chip") : mesh->name(link, "chip");
    }
};

/// What joins the ports of a plane, and its ids.
struct Plane {
    PlaneLinks links;
    LinkId first = 0, end = 0;

    bool owns(LinkId link) const { return link >= first && link < end; }
};

/// A port of a domain, and the endpoint that it is nearest to.
struct Port {
    std::uint32_t number = 0;  // within the domain
    std::uint32_t endpoint = 0;
};

/// Out of one domain into another: to the endpoint that has the port, and from it to the receiver.
struct Passage {
    std::uint32_t from = 0, owner = 0, to = 0;  // endpoints
    std::uint32_t plane = 0;
    std::uint32_t out = 0, in = 0;  // ports of the plane
};

/// A shape with its links: what the graph's functions keep.
struct Wired {
    FabricShape shape;
    Inside inside;
    LinkId inside_end = 0;
    std::vector<Plane> planes;

    /// Ports that each endpoint has to itself; one if it shares.
    std::uint32_t own_ports() const {
        return std::max(1U, shape.domain.ports / shape.domain.endpoints);
    }
    Port port_of(std::uint32_t endpoint, std::uint32_t own) const;
    std::uint32_t number_in_plane(std::uint32_t endpoint, const Port& port) const;
    std::optional<Passage> passage(std::uint32_t from, std::uint32_t to, std::uint32_t own) const;
    void push_ways(const Passage& p, std::uint64_t flow, double share, Ways& ways) const;
    void route(std::uint32_t from, std::uint32_t to, std::uint64_t flow, Ways& ways) const;
    std::string name(LinkId link) const;
    double parallel(LinkId link) const;
};

// endpoints share ports as neighbours do: of 8 with 4 ports, 0 and 1 have the first
Port Wired::port_of(std::uint32_t endpoint, std::uint32_t own) const {
    const Domain& d = shape.domain;
    const std::uint32_t local = endpoint % d.endpoints;
    if (d.ports >= d.endpoints) return {local * own_ports() + own, endpoint};
    return {static_cast<std::uint32_t>(1UL * local * d.ports / d.endpoints), endpoint};
}

/// The endpoint of the same domain as `near` that has that port.
std::uint32_t owner_of(const Domain& d, std::uint32_t near, std::uint32_t port) {
    const std::uint32_t first = near / d.endpoints * d.endpoints;
    if (d.ports >= d.endpoints) return first + port / (d.ports / d.endpoints);
    return first + static_cast<std::uint32_t>((1UL * port * d.endpoints + d.ports - 1) / d.ports);
}

// Without rails a domain's ports are next to each other. With rails a row of `leaf` domains comes
// first: their ports of one number fill one leaf switch, and the next number the next leaf.
std::uint32_t Wired::number_in_plane(std::uint32_t endpoint, const Port& port) const {
    const std::uint32_t domain = endpoint / shape.domain.endpoints;
    const std::uint32_t rail = port.number / shape.planes;
    const std::uint32_t leaf = domains_on_rail(shape);
    return (domain / leaf * ports_in_plane(shape) + rail) * leaf + domain % leaf;
}

/// None if the planes of the two ports are not joined.
std::optional<Passage> Wired::passage(std::uint32_t from, std::uint32_t to,
                                      std::uint32_t own) const {
    const Domain& d = shape.domain;
    Port out = port_of(from, own);
    const Port in = port_of(to, own);
    const bool other_plane = out.number % shape.planes != in.number % shape.planes;
    const bool other_rail = (shape.rails || shape.planes > 1) && out.number != in.number;
    if (other_plane && !(d.forwards && inside.exists())) return std::nullopt;
    if (other_plane || (other_rail && d.forwards && inside.exists())) {
        out = {in.number, owner_of(d, from, in.number)};
    }
    return Passage{from,
                   out.endpoint,
                   to,
                   out.number % shape.planes,
                   number_in_plane(from, out),
                   number_in_plane(to, in)};
}

/// The ways of a passage share it evenly.
void Wired::push_ways(const Passage& p, std::uint64_t flow, double share, Ways& ways) const {
    const std::size_t attach = shape.domain.attach;
    const PlaneLinks& plane = planes[p.plane].links;
    const std::uint32_t near = inside.choices(p.from, p.owner);
    const std::uint32_t far = plane.choices(p.out, p.in);
    const std::uint32_t several = std::lcm(near, far);  // each of both as often as the others
    for (std::uint32_t i = 0; i < several; ++i) {
        inside.way(p.from, p.owner, flow, i % near, ways.links);
        if (attach > 0) inside.tree->climb(p.owner, attach, flow, ways.links);
        plane.way(p.out, p.in, flow, i % far, ways.links);
        if (attach > 0) inside.tree->descend(p.to, attach, flow, ways.links);
        ways.close(share / several);
    }
}

void Wired::route(std::uint32_t from, std::uint32_t to, std::uint64_t flow, Ways& ways) const {
    const Domain& d = shape.domain;
    if (from == to || from / d.endpoints == to / d.endpoints) {
        const std::uint32_t several = inside.choices(from, to);
        for (std::uint32_t i = 0; i < several; ++i) {
            inside.way(from, to, flow, i, ways.links);
            ways.close(1.0 / several);
        }
        return;
    }
    const std::uint32_t own = own_ports();
    // an endpoint with several ports takes one by hash, or all in like parts where routing spreads
    const bool all = shape.routing == Routing::adaptive;
    const std::uint64_t hash = shape.routing == Routing::single
                                   ? to + flow
                                   : mixed_bits(mixed_bits(mixed_bits(to) ^ from) ^ flow);
    const auto first = all ? 0 : static_cast<std::uint32_t>(hash % own);
    const std::uint32_t end = all ? own : first + 1;
    for (std::uint32_t i = first; i < end; ++i) {
        if (const auto p = passage(from, to, i)) push_ways(*p, flow, 1.0 / (end - first), ways);
    }
}

std::string Wired::name(LinkId link) const {
    if (link < inside_end) return "scale-up " + inside.name(link);
    const bool plain = shape.planes == 1;
    const char* host = inside.exists() || !plain ? "port" : "host";
    for (std::size_t i = 0; i < planes.size(); ++i) {
        if (!planes[i].owns(link)) continue;
        return (plain ? "" : fmt::format("plane {} ", i)) + planes[i].links.name(link, host);
    }
    return "";
}

double Wired::parallel(LinkId link) const {
    if (link < inside_end) return inside.tree ? inside.tree->parallel(link) : 1;
    for (const Plane& plane : planes) {
        if (plane.owns(link)) return plane.links.parallel(link);
    }
    return 1;
}

void build_inside(const FabricShape& shape, Wired& wired, FabricGraph& graph) {
    const Domain& d = shape.domain;
    const std::uint32_t domains = (shape.endpoints + d.endpoints - 1) / d.endpoints;
    const std::uint32_t nodes = domains * d.endpoints;
    if (d.endpoints < 2) return;
    if (d.kind == FabricKind::tree) {
        wired.inside.tree.emplace(Tree{d.tree.tiers, nodes}, shape.routing, graph);
        graph.tiers.emplace_back("scale-up");
        for (std::size_t i = 1; i < d.tree.tiers.size(); ++i) {
            graph.tiers.push_back(fmt::format("scale-up {} to {}", i, i + 1));
        }
    } else if (d.kind == FabricKind::full_mesh) {
        wired.inside.mesh.emplace(MeshRequest{d.endpoints, nodes, d.port, d.hop}, graph, 0);
        graph.tiers.emplace_back("scale-up");
    } else if (d.kind == FabricKind::torus || d.kind == FabricKind::grid) {
        wired.inside.torus.emplace(TorusRequest{d.dimensions, d.kind == FabricKind::torus, nodes,
                                                d.port, d.hop, shape.routing},
                                   graph, 0);
        graph.tiers.emplace_back("scale-up");
    } else {
        broken("a domain is a tree, a full mesh, a torus or a grid");
    }
    wired.inside_end = static_cast<LinkId>(graph.capacity.size());
    graph.scale_up_tiers = graph.tiers.size();
}

void build_planes(const FabricShape& shape, Wired& wired, FabricGraph& graph) {
    if (!has_outside(shape)) return;
    const std::uint32_t domains =
        (shape.endpoints + shape.domain.endpoints - 1) / shape.domain.endpoints;
    const std::uint32_t leaf = domains_on_rail(shape);
    const std::uint32_t ports = (domains + leaf - 1) / leaf * leaf * ports_in_plane(shape);
    const auto tier = static_cast<std::uint8_t>(graph.tiers.size());
    for (std::uint32_t i = 0; i < shape.planes; ++i) {
        const auto first = static_cast<LinkId>(graph.capacity.size());
        PlaneLinks links = row_of(shape).lay(shape, ports, graph, tier);
        const auto end = static_cast<LinkId>(graph.capacity.size());
        wired.planes.push_back({std::move(links), first, end});
    }
    for (std::string& name : row_of(shape).tiers(shape)) graph.tiers.push_back(std::move(name));
}

std::vector<Near> near_of(const FabricShape& shape, const Wired& wired) {
    const Domain& d = shape.domain;
    const Bandwidth port = port_rate(shape);
    const Bandwidth each = port * (static_cast<double>(d.ports) / d.endpoints);
    std::vector<Near> near{{1, inside_rate(d), inside_rate(d)}};
    if (d.attach == 0) near[0].out += wired.own_ports() * port;
    double group = 1;
    for (std::size_t i = 0; d.kind == FabricKind::tree && i + 1 < d.tree.tiers.size(); ++i) {
        group *= d.tree.tiers[i].width;
        const Bandwidth up = links_up(d.tree, i) * d.tree.tiers[i + 1].port;
        if (group >= shape.endpoints || group <= near.back().endpoints) continue;
        near.push_back(
            {narrow<std::uint32_t>(group), d.attach > i + 1 ? up : up + group * each, up});
    }
    if (d.endpoints > 1 && d.endpoints < shape.endpoints) {
        near.push_back({d.endpoints, d.ports * port});
    }
    if (!is_tree(shape)) return near;
    double hosts = 1;  // of one plane
    for (std::size_t i = 0; i + 1 < shape.tree.tiers.size(); ++i) {
        hosts *= shape.tree.tiers[i].width;
        // rails: a row of leaves, one for each port, under the same domains
        const double row = i == 0 && shape.rails ? ports_in_plane(shape) : 1;
        const double endpoints = row * hosts / ports_in_plane(shape) * d.endpoints;
        // a block that cuts through a domain has scale-up links out of it too, not counted here
        const bool whole = std::fmod(endpoints, d.endpoints) == 0;
        if (!whole || endpoints >= shape.endpoints || endpoints <= near.back().endpoints) continue;
        const double links = row * shape.planes * links_up(shape.tree, i);
        near.push_back({narrow<std::uint32_t>(endpoints), links * shape.tree.tiers[i + 1].port});
    }
    return near;
}

Ports ports_of(const FabricShape& shape, const Wired& wired) {
    const Domain& d = shape.domain;
    if (!has_outside(shape)) return {};
    const bool railed = (shape.rails || shape.planes > 1) && d.forwards && wired.inside.exists();
    return {.shared_by = std::max(1U, d.endpoints / d.ports),
            .out = wired.own_ports() * port_rate(shape),
            .receivers = railed};
}

}  // namespace

std::string describe(const FabricShape& given) {
    const FabricShape shape = made_for(given, given.endpoints);
    const Domain& d = shape.domain;
    std::string text;
    if (d.endpoints > 1) {
        text = fmt::format("domains of {} ({}, {} an endpoint)", d.endpoints, name_of(d.kind),
                           to_text(inside_rate(d)));
    }
    if (!has_outside(shape)) return text;
    if (!text.empty()) text += fmt::format(" with {} ports; ", d.ports);
    if (shape.planes > 1) text += fmt::format("{} planes of ", shape.planes);
    if (!is_tree(shape)) {
        return text + fmt::format("{}, {} a link", name_of(shape.kind), to_text(shape.port));
    }
    return text + (shape.rails ? "rails, " : "") + describe(shape.tree);
}

FabricGraph tree_graph(const FabricShape& shape) {
    FabricGraph graph;
    auto wired = std::make_shared<Wired>(Wired{.shape = shape});
    build_inside(shape, *wired, graph);
    build_planes(shape, *wired, graph);
    graph.near = near_of(shape, *wired);
    graph.domain = shape.domain.endpoints;
    graph.inside = inside_rate(shape.domain);
    if (shape.domain.kind == FabricKind::full_mesh) graph.pair = shape.domain.port;
    graph.by_links =
        wired->inside.torus.has_value() || (has_outside(shape) && row_of(shape).by_links);
    graph.ports = ports_of(shape, *wired);
    graph.reduces = shape.domain.reduces;
    graph.reduces_outside = shape.reduces;
    graph.crossing = shape.domain.crossing;
    graph.description = describe(shape);
    graph.route = [wired](std::uint32_t from, std::uint32_t to, std::uint64_t flow, Ways& ways) {
        wired->route(from, to, flow, ways);
    };
    graph.name = [wired](LinkId link) { return wired->name(link); };
    graph.parallel = [wired](LinkId link) { return wired->parallel(link); };
    return graph;
}

namespace {

double ports_of_tree(const FabricShape& shape) { return capacity_of(shape.tree); }
double ports_of_fat_tree(const FabricShape&) { return fat_tree_capacity(largest_radix); }

Bandwidth tree_port(const FabricShape& shape, double) { return shape.tree.tiers.front().port; }

std::vector<Reach> tree_reaches(const FabricShape& shape, double) {
    const Tree& tree = shape.tree;
    std::vector<Reach> reaches;
    double hosts = 1;
    double share = 1;
    for (std::size_t i = 0; i < tree.tiers.size(); ++i) {
        const TreeTier& t = tree.tiers[i];
        if (i > 0) share = share / tree.tiers[i - 1].oversubscription;
        hosts *= t.width;
        const bool top = i + 1 == tree.tiers.size();
        if (top && tree.hosts > 0) hosts = tree.hosts;
        reaches.push_back({hosts, (i == 0 ? 1.0 : 2.0) * t.hop, share});
    }
    return reaches;
}

FabricCounts tree_counts(const FabricShape& shape, double ports, double radix) {
    Tree tree = shape.tree;
    tree.hosts = narrow<std::uint32_t>(ports);
    const TreeCounts counts = counts_of(tree, radix > 0 ? radix : radix_of(tree));
    FabricCounts all{.cables = counts.cables};
    for (const double switches : counts.switches) all.switches += switches;
    return all;
}

double radix_of_tree(const FabricShape& shape) { return radix_of(shape.tree); }

std::vector<std::string> tree_tiers(const FabricShape& shape) {
    std::vector<std::string> names{"ports"};
    for (std::size_t i = 1; i < shape.tree.tiers.size(); ++i) {
        names.push_back(fmt::format("tier {} to {}", i, i + 1));
    }
    return names;
}

PlaneLinks tree_plane(const FabricShape& shape, std::uint32_t ports, FabricGraph& graph,
                      std::uint8_t tier) {
    const TreeLinks tree({shape.tree.tiers, ports}, shape.routing, graph, tier);
    const auto one = [](std::uint32_t, std::uint32_t) { return 1U; };  // links of a bundle are one
    const auto way = [tree](std::uint32_t from, std::uint32_t to, std::uint64_t flow, std::uint32_t,
                            std::vector<LinkId>& links) { tree.way(from, to, flow, links); };
    const auto name = [tree](LinkId link, std::string_view port) { return tree.name(link, port); };
    return {one, way, name, [tree](LinkId link) { return tree.parallel(link); }};
}

}  // namespace

template <>
TopologyRow topology_row<FabricKind::tree>() {
    return {FabricKind::tree, false,         ports_of_tree, tree_port,  tree_reaches,
            tree_counts,      radix_of_tree, tree_tiers,    tree_plane, tree_graph};
}

template <>
TopologyRow topology_row<FabricKind::fat_tree>() {
    return {FabricKind::fat_tree, false,         ports_of_fat_tree, tree_port,  tree_reaches,
            tree_counts,          radix_of_tree, tree_tiers,        tree_plane, tree_graph};
}

}  // namespace millwright
