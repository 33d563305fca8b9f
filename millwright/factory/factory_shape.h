// A factory's network as a graph of links can be made of it.
#pragma once

#include "millwright/collective/network.h"
#include "millwright/fabric/shape.h"
#include "millwright/parts/chip.h"
#include "millwright/parts/fabric.h"
#include "millwright/parts/link.h"
#include "millwright/parts/server.h"

namespace millwright {

/// What a shape is made from.
struct FactoryWiring {
    const Server& server;
    const Chip& chip;
    const Fabric& fabric;
    const Network& network;
    const Link& inner;  // scale-up link, or the host's
    const Link& outer;  // of a network port
    double planes = 1;
    double radix = 0;  // ports of a switch; zero: no fabric outside
    std::size_t tiers = 0;
    Seconds hop;  // of a switch
};

/// The shape for all chips of the network; a scale-up fabric is the torus
/// that its server states, a switch, or without one a full mesh.
FabricShape factory_shape(const FactoryWiring& wiring);

}  // namespace millwright
