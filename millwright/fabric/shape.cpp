#include "millwright/fabric/shape.h"

#include <cmath>
#include <stdexcept>

#include "millwright/base/require.h"
#include "millwright/fabric/topology.h"

namespace millwright {

bool is_tree(const FabricShape& shape) {
    return shape.kind == FabricKind::tree || shape.kind == FabricKind::fat_tree;
}

bool has_outside(const FabricShape& shape) {
    return shape.kind != FabricKind::tree || !shape.tree.tiers.empty();
}

FabricShape made_for(FabricShape shape, std::uint32_t endpoints) {
    shape.endpoints = endpoints;
    if (shape.kind != FabricKind::fat_tree) return shape;
    shape.kind = FabricKind::tree;
    shape.tree = fat_tree_of(narrow<std::uint32_t>(ports_of_plane(shape)));
    for (TreeTier& tier : shape.tree.tiers) {
        if (shape.port > Bandwidth{}) tier.port = shape.port;
        if (shape.hop > Seconds{}) tier.hop = shape.hop;
    }
    return shape;
}

std::uint32_t ports_in_plane(const FabricShape& shape) {
    return std::max(1U, shape.domain.ports / shape.planes);
}

// the last domain may be partly used; its ports are wired all the same
double ports_of_plane(const FabricShape& shape) {
    return std::ceil(1.0 * shape.endpoints / shape.domain.endpoints) * ports_in_plane(shape);
}

std::uint32_t domains_on_rail(const FabricShape& shape) {
    const bool railed = shape.rails && is_tree(shape) && !shape.tree.tiers.empty();
    return railed ? shape.tree.tiers.front().width : 1;
}

Bandwidth inside_rate(const Domain& d) {
    if (d.endpoints < 2) return {};
    switch (d.kind) {
        case FabricKind::tree: return d.tree.tiers.front().port;
        case FabricKind::full_mesh: return (d.endpoints - 1) * d.port;
        // two links in each dimension; ends of a grid have fewer, and the middle sets the pace
        case FabricKind::torus:
        case FabricKind::grid: return 2.0 * static_cast<double>(d.dimensions.size()) * d.port;
        default: broken("a domain is a tree, a full mesh, a torus or a grid");
    }
}

Bandwidth port_rate(const FabricShape& shape) {
    if (!has_outside(shape)) return {};
    return row_of(shape).port_rate(shape, ports_of_plane(shape));
}

double capacity_of(const FabricShape& shape) {
    const Domain& d = shape.domain;
    if (!has_outside(shape)) return d.endpoints;
    // ports that a plane can join; rails fill leaf switches with whole rows of domains, so what is
    // left beside whole rows holds nothing
    const double held = row_of(shape).capacity(shape);
    const double leaf = domains_on_rail(shape);
    return std::floor(held / (leaf * ports_in_plane(shape))) * leaf * d.endpoints;
}

FabricGraph graph_of(const FabricShape& given, std::vector<std::string>* unknown) {
    const FabricShape shape = made_for(given, given.endpoints);
    const bool domains = shape.domain.endpoints > 1 || shape.planes > 1;
    FabricGraph graph = domains ? tree_graph(shape) : row_of(shape).alone(shape);
    graph.endpoints = shape.endpoints;
    graph.routing = shape.routing;
    graph.message = shape.message;
    for (const Degraded& d : shape.degraded) {
        if (!degrade(graph, d) && unknown != nullptr) unknown->push_back(d.name);
    }
    return graph;
}

}  // namespace millwright
