#include "millwright/fabric/shape.h"

#include <cmath>

namespace millwright {
namespace {

double product(const std::vector<std::uint32_t>& dimensions) {
    double all = 1;
    for (const std::uint32_t d : dimensions) all *= d;
    return all;
}

constexpr double most = 4e6;  // links of a full mesh, endpoints of anything else

/// Ports of a plane that it can join.
double outside_capacity(const FabricShape& shape) {
    const DragonflyPlus& d = shape.dragonfly;
    switch (shape.kind) {
        case FabricKind::fat_tree: return fat_tree_capacity(largest_radix);
        case FabricKind::tree: return capacity_of(shape.tree);
        case FabricKind::torus:
        case FabricKind::grid: return product(shape.dimensions);
        case FabricKind::full_mesh: return std::floor(std::sqrt(most));
        case FabricKind::dragonfly_plus: return 1.0 * d.hosts * d.leaves * d.groups;
    }
    return 0;
}

}  // namespace

bool is_tree(const FabricShape& shape) {
    return shape.kind == FabricKind::tree || shape.kind == FabricKind::fat_tree;
}

bool has_outside(const FabricShape& shape) {
    return shape.kind != FabricKind::tree || !shape.tree.tiers.empty();
}

std::size_t outer_tiers(const FabricShape& shape) {
    if (shape.kind == FabricKind::dragonfly_plus) return 3;
    return is_tree(shape) ? shape.tree.tiers.size() : 1;
}

double capacity_of(const FabricShape& shape) {
    const Domain& d = shape.domain;
    if (!has_outside(shape)) return d.endpoints;
    const double ports = std::max<double>(1, d.ports / shape.planes);
    const double held = outside_capacity(shape);
    if (!shape.rails) return std::floor(held / ports) * d.endpoints;
    const double leaf = shape.tree.tiers.front().width;  // a port of each of so many domains
    return std::floor(held / (leaf * ports)) * leaf * d.endpoints;
}

namespace {

FabricGraph fat_tree_graph(FabricShape shape) {
    shape.tree = fat_tree_of(shape.endpoints);
    return tree_graph(shape);
}

FabricGraph graph_by_kind(const FabricShape& shape) {
    if (shape.domain.endpoints > 1 || shape.planes > 1) return tree_graph(shape);
    switch (shape.kind) {
        case FabricKind::fat_tree: return fat_tree_graph(shape);
        case FabricKind::tree: return tree_graph(shape);
        case FabricKind::torus:
        case FabricKind::grid: return torus_graph(shape);
        case FabricKind::full_mesh: return full_mesh_graph(shape);
        case FabricKind::dragonfly_plus: return dragonfly_graph(shape);
    }
    return {};
}

}  // namespace

FabricGraph graph_of(const FabricShape& shape, std::vector<std::string>* unknown) {
    FabricGraph graph = graph_by_kind(shape);
    graph.endpoints = shape.endpoints;
    graph.routing = shape.routing;
    graph.message = shape.message;
    for (const Degraded& d : shape.degraded) {
        if (!degrade(graph, d) && unknown != nullptr) unknown->push_back(d.name);
    }
    return graph;
}

}  // namespace millwright
