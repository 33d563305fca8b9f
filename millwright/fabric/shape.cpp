#include "millwright/fabric/shape.h"

#include <cmath>

namespace millwright {
namespace {

double product(const std::vector<std::uint32_t>& dimensions) {
    double all = 1;
    for (const std::uint32_t d : dimensions) all *= d;
    return all;
}

double tree_capacity(const FabricShape& shape) {
    const Domain& d = shape.domain;
    if (shape.tree.tiers.empty()) return d.endpoints;
    const double ports = std::max<double>(1, d.ports / shape.planes);
    if (!shape.rails) return std::floor(capacity_of(shape.tree) / ports) * d.endpoints;
    const double leaf = shape.tree.tiers.front().width;  // a port of each of so many domains
    return std::floor(capacity_of(shape.tree) / (leaf * ports)) * leaf * d.endpoints;
}

}  // namespace

double capacity_of(const FabricShape& shape) {
    constexpr double most = 4e6;  // links of a full mesh, endpoints of anything else
    const DragonflyPlus& d = shape.dragonfly;
    switch (shape.kind) {
        case FabricKind::fat_tree: return fat_tree_capacity(largest_radix);
        case FabricKind::tree: return tree_capacity(shape);
        case FabricKind::torus:
        case FabricKind::grid: return product(shape.dimensions);
        case FabricKind::full_mesh: return std::floor(std::sqrt(most));
        case FabricKind::dragonfly_plus: return 1.0 * d.hosts * d.leaves * d.groups;
    }
    return 0;
}

namespace {

FabricGraph fat_tree_graph(FabricShape shape) {
    shape.tree = fat_tree_of(shape.endpoints);
    return tree_graph(shape);
}

}  // namespace

FabricGraph graph_of(const FabricShape& shape, std::vector<std::string>* unknown) {
    FabricGraph graph;
    switch (shape.kind) {
        case FabricKind::fat_tree: graph = fat_tree_graph(shape); break;
        case FabricKind::tree: graph = tree_graph(shape); break;
        case FabricKind::torus:
        case FabricKind::grid: graph = torus_graph(shape); break;
        case FabricKind::full_mesh: graph = full_mesh_graph(shape); break;
        case FabricKind::dragonfly_plus: graph = dragonfly_graph(shape); break;
    }
    graph.endpoints = shape.endpoints;
    graph.routing = shape.routing;
    graph.message = shape.message;
    for (const Degraded& d : shape.degraded) {
        if (!degrade(graph, d) && unknown != nullptr) unknown->push_back(d.name);
    }
    return graph;
}

}  // namespace millwright
