// The fabric of a factory as one description: what its graph, its switches and cables and the few
// numbers of the closed form are derived from.
#pragma once

#include <string>

#include "millwright/catalog/catalog.h"
#include "millwright/fabric/shape.h"
#include "millwright/factory/fabric_source.h"

namespace millwright {

/// The link inside a domain: the scale-up fabric's, or the host's.
const Link& inner_link(const Catalog& catalog, const Server& server, const Chip& chip);

/// Its rate, all links of a chip together, one direction.
Bandwidth inner_rate(const Catalog& catalog, const Server& server, const Chip& chip);

/// A factory's shape, and the switches that its trees are made of.
struct FactoryShape {
    FabricShape shape;
    const Switch* box = nullptr;  // none: there are no trees, or none is known that fits
    std::string cannot;           // why it cannot be wired; empty if it can
};

/// The shape for so many chips. A scale-up domain is the torus that the server states, a switch, or
/// without one a full mesh. Above it stand trees of the smallest switches that take the server's
/// ports, or the fabric's own shape.
FactoryShape factory_shape(const Catalog& catalog, const Server& server, const FabricSource& fabric,
                           double chips);

/// A shape of its own with the server's domain below it, where it has none. The domain has its
/// number of endpoints and ports alone, which is what capacity needs: `factory_shape` gives it
/// links.
FabricShape placed_shape(const FabricShape& own, const Server& server, double chips);

}  // namespace millwright
