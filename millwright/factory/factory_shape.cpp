#include "millwright/factory/factory_shape.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace millwright {
namespace {

std::uint32_t whole(double count) { return static_cast<std::uint32_t>(std::max(1.0, count)); }

Tree plane_of(const FactoryWiring& w) {
    const double oversubscription = w.fabric.oversubscription.value;
    const Bandwidth port = w.outer.per_direction.value;
    Tree tree;
    for (std::size_t i = 0; i < w.tiers; ++i) {
        const bool top = i + 1 == w.tiers;
        double width = top ? w.radix : w.radix / 2;
        if (i == 0 && !top) {
            width = std::floor(w.radix * oversubscription / (1 + oversubscription));
        }
        tree.tiers.push_back({whole(width), i == 0 ? oversubscription : 1, port, w.hop});
    }
    return tree;
}

Domain domain_of(const FactoryWiring& w) {
    Domain d{.endpoints = whole(w.network.domain), .hop = w.inner.hop.value / 2};  // in and out
    const bool fabric = !w.chip.scale_up_link.empty();
    const Bandwidth rate = w.network.inner.per_chip;
    if (!w.network.dimensions.empty()) {
        d.kind = FabricKind::torus;
        d.port = neighbour_rate(w.network);
        d.hop = w.inner.hop.value;
        for (const double length : w.network.dimensions) d.dimensions.push_back(whole(length));
        d.endpoints = 1;
        for (const std::uint32_t length : d.dimensions) d.endpoints *= length;
    } else if (fabric && w.server.scale_up_switch.empty() && d.endpoints > 1 && d.endpoints <= 64) {
        d.kind = FabricKind::full_mesh;
        d.port = rate / (d.endpoints - 1);
    } else {
        d.tree.tiers = {{d.endpoints, 1, rate, d.hop}};
    }
    d.reduces = w.server.in_network_reduction;
    const double ports = w.server.nics.value * d.endpoints / w.server.chips.value;
    d.ports = whole(std::floor(ports / w.planes) * w.planes);
    if (d.ports > d.endpoints) d.ports = d.ports / d.endpoints * d.endpoints;
    while (d.ports < d.endpoints && d.endpoints % d.ports != 0) --d.ports;
    return d;
}

}  // namespace

FabricShape factory_shape(const FactoryWiring& w) {
    FabricShape shape{.name = w.server.id, .kind = FabricKind::tree};
    shape.endpoints = whole(w.network.chips);
    shape.domain = domain_of(w);
    shape.tree = plane_of(w);
    shape.planes = std::gcd(whole(w.planes), shape.domain.ports);
    return shape;
}

}  // namespace millwright
