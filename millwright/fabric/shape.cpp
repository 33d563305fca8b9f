#include "millwright/fabric/shape.h"

#include <cmath>

#include "millwright/fabric/topology.h"

namespace millwright {

bool is_tree(const FabricShape& shape) {
    return shape.kind == FabricKind::tree || shape.kind == FabricKind::fat_tree;
}

bool has_outside(const FabricShape& shape) {
    return shape.kind != FabricKind::tree || !shape.tree.tiers.empty();
}

double capacity_of(const FabricShape& shape) {
    const Domain& d = shape.domain;
    if (!has_outside(shape)) return d.endpoints;
    const double ports = std::max<double>(1, d.ports / shape.planes);
    const double held = row_of(shape).capacity(shape);
    if (!shape.rails) return std::floor(held / ports) * d.endpoints;
    const double leaf = shape.tree.tiers.front().width;  // a port of each of so many domains
    return std::floor(held / (leaf * ports)) * leaf * d.endpoints;
}

FabricGraph graph_of(const FabricShape& shape, std::vector<std::string>* unknown) {
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
