// Rates are given to links so that all links of a chip together have the catalog's rate: a torus
// divides it by two directions of each dimension, a mesh by the other members, a switch not at all.
// Links into and out of a switch have half of the catalog's latency each.
#include "millwright/factory/factory_shape.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/collective/network.h"
#include "millwright/fabric/topology.h"
#include "millwright/fabric/torus.h"

namespace millwright {
namespace {

std::uint32_t whole(double count) { return static_cast<std::uint32_t>(std::max(1.0, count)); }

bool has_scale_up(const Chip& chip) {
    return !chip.scale_up_link.empty() && chip.scale_up_per_direction.known();
}

/// Rails of a rail-optimised design: the largest divisor of a server's ports up to eight.
double rails_of(double ports) {
    for (double rails = 8; rails > 1; --rails) {
        if (std::fmod(ports, rails) == 0) return rails;
    }
    return 1;
}

/// Whether a chip's own links join it to the others of its server.
bool joins(const Server& server, const Chip& chip) {
    return has_scale_up(chip) && !server.over_host;
}

/// How chips of a domain are joined.
Domain domain_of(const Catalog& catalog, const Server& server, double chips) {
    const Chip& chip = part_named(catalog.chips, server.chip);
    const Link& link = inner_link(catalog, server, chip);
    const Bandwidth rate = inner_rate(catalog, server, chip);
    Domain d{.endpoints = whole(std::min(server.domain.value, chips)),
             .hop = link.hop.value / 2};  // in and out
    if (joins(server, chip) && server.dimensions.known()) {
        d.kind = FabricKind::torus;
        d.hop = link.hop.value;
        // a slice may hold more than was asked: its lengths multiply to its endpoints
        const double domain = d.endpoints;
        d.endpoints = 1;
        for (const double length : slice_of(server.dimensions.value, domain)) {
            d.dimensions.push_back(whole(length));
            d.endpoints *= d.dimensions.back();
        }
        d.port = rate / (2.0 * static_cast<double>(d.dimensions.size()));
    } else if (!chip.scale_up_link.empty() && !server.over_host && server.scale_up_switch.empty() &&
               d.endpoints > 1 && d.endpoints <= most_meshed) {
        d.kind = FabricKind::full_mesh;
        d.hop = link.hop.value;
        // fewer chips have the links between them, not those to places that are empty
        d.port = rate / (std::min<double>(most_meshed, server.domain.value) - 1);
    } else {
        d.tree.tiers = {{d.endpoints, 1, rate, d.hop}};
    }
    d.reduces = server.in_network_reduction;
    d.crossing = server.crossing.value;
    return d;
}

/// The server's ports to the outside, as many in each plane. A domain of several servers has all of
/// theirs, a part of one has its part.
void give_ports(const Server& server, double planes, Domain& d) {
    const double ports = server.nics.value * d.endpoints / server.chips.value;
    // Routing wants each endpoint to have as many ports as the next, or to share one with as many.
    // Ports that do not fit that are left without a cable.
    d.ports = whole(std::floor(ports / planes) * planes);
    if (d.ports > d.endpoints) d.ports = d.ports / d.endpoints * d.endpoints;
    while (d.ports < d.endpoints && d.endpoints % d.ports != 0) --d.ports;
}

double price_per_port(const Switch& box) { return box.price.value.si() / box.ports.value; }

/// Boxes whose ports take the server's cards, cheapest port first.
std::vector<const Switch*> fitting_boxes(const Catalog& catalog, const Server& server,
                                         const Fabric& fabric) {
    std::vector<const Switch*> boxes;
    // parts mean each other by any of their names
    const Switch* named = find_part(catalog.switches, fabric.switch_box);
    const Link* card = find_part(catalog.links, server.nic);
    for (const Switch& box : catalog.switches) {
        if (named != nullptr && named != &box) continue;
        const bool fits = find_part(catalog.links, box.link) == card;
        if (fits && box.price.known()) boxes.push_back(&box);
    }
    // boxes of a price stay in the catalog's order: the same answer on every machine
    std::stable_sort(boxes.begin(), boxes.end(), [](const Switch* a, const Switch* b) {
        return price_per_port(*a) < price_per_port(*b);
    });
    return boxes;
}

/// The smallest trees of the cheapest boxes that join all ports.
void plant_trees(const Catalog& catalog, const Server& server, const Fabric& fabric, double chips,
                 FactoryShape& made) {
    Domain joined = made.shape.domain;
    const double rails = fabric.rails ? rails_of(server.nics.value) : 1;
    give_ports(server, rails, joined);
    // ports that were rounded down may no longer divide among all planes
    const std::uint32_t planes = std::gcd(whole(rails), joined.ports);
    // of the chips that are there: a last domain that is partly used has its part
    const double ports = chips * joined.ports / joined.endpoints;
    TreeRequest request{.hosts = std::ceil(ports / planes),
                        .oversubscription = fabric.oversubscription.value,
                        .max_tiers = fabric.max_tiers.value,
                        .port = part_named(catalog.links, server.nic).per_direction.value};
    made.cannot = "no switch of the catalog has " + server.nic + " ports";
    // the cheapest port first, whatever the tree then costs in all; the last box's reason is told
    for (const Switch* box : fitting_boxes(catalog, server, fabric)) {
        request.radix = box->ports.value;
        request.hop = box->hop.value;
        made.shape.tree = smallest_tree(request);
        made.box = box;
        if (!made.shape.tree.tiers.empty()) break;
        made.cannot =
            fmt::format("{:.0f} ports are needed, {:.0f} tiers of {:.0f}-port switches join {:.0f}",
                        request.hosts, request.max_tiers, request.radix,
                        tree_capacity(request.radix, request.max_tiers, request.oversubscription));
    }
    if (made.shape.tree.tiers.empty()) {
        made.box = nullptr;
        return;
    }
    made.cannot.clear();
    made.shape.domain = std::move(joined);
    made.shape.planes = planes;
    made.shape.reduces = made.box->in_network_reduction;
}

/// The cheapest box with ports enough for an own shape, of those that take the server's cards.
const Switch* box_for(const Catalog& catalog, const Server& server, const FabricShape& shape) {
    const double radix = has_outside(shape) ? row_of(shape).radix(shape) : 0;
    // tori, grids and meshes need none
    if (radix <= 0) return nullptr;
    for (const Switch* box : fitting_boxes(catalog, server, {})) {
        if (box->ports.value >= radix) return box;
    }
    return nullptr;
}

}  // namespace

const Link& inner_link(const Catalog& catalog, const Server& server, const Chip& chip) {
    return part_named(catalog.links, joins(server, chip) ? chip.scale_up_link : chip.host_link);
}

Bandwidth inner_rate(const Catalog& catalog, const Server& server, const Chip& chip) {
    return joins(server, chip) ? chip.scale_up_per_direction.value
                               : inner_link(catalog, server, chip).per_direction.value;
}

FabricShape placed_shape(const FabricShape& own, const Server& server, double chips) {
    FabricShape shape = own;
    shape.endpoints = whole(chips);
    if (own.domain.endpoints > 1) return shape;
    shape.domain = {.endpoints = whole(std::min(server.domain.value, chips))};
    give_ports(server, shape.planes, shape.domain);
    shape.planes = std::gcd(shape.planes, shape.domain.ports);
    return shape;
}

FactoryShape factory_shape(const Catalog& catalog, const Server& server, const FabricSource& fabric,
                           double chips) {
    FactoryShape made;
    if (fabric.shape) {
        made.shape = placed_shape(*fabric.shape, server, chips);
        // the fabric joins ports and leaves domains to the server: its rates inside, the placed
        // ports
        if (fabric.shape->domain.endpoints <= 1) {
            const Domain ports = made.shape.domain;
            made.shape.domain = domain_of(catalog, server, chips);
            made.shape.domain.ports = ports.ports;
        }
        made.shape = made_for(std::move(made.shape), whole(chips));
        // what is wired is what is in use: whole domains, though the last has chips to spare
        made.shape.tree.hosts = whole(ports_of_plane(made.shape));
        made.box = box_for(catalog, server, made.shape);
        return made;
    }
    made.shape = {.name = server.id, .kind = FabricKind::tree, .endpoints = whole(chips)};
    made.shape.domain = domain_of(catalog, server, chips);
    give_ports(server, 1, made.shape.domain);
    if (chips > server.domain.value) plant_trees(catalog, server, fabric.part, chips, made);
    return made;
}

}  // namespace millwright
