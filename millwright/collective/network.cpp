// Graphs are made only where links are degraded: a whole and a hurt one, compared link by link,
// since names of links are known to graphs alone. A failed link leaves its kind a half, as those
// beside it carry its data. A tier counts where a span is wider than the tier below reaches; hops
// add up, and the worst oversubscription on the way divides the rate.
#include "millwright/collective/network.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "millwright/fabric/topology.h"

namespace millwright {
namespace {

/// Part of its rate that the worst link of a kind has left; links up and down alike. Two graphs are
/// made and compared link by link, as names of links are known to graphs alone.
std::vector<double> shares_left(const FabricShape& shape) {
    FabricShape whole = shape;
    whole.degraded.clear();
    whole.routing = Routing::adaptive;  // links of one group to the next are one
    FabricShape hurt = whole;
    hurt.degraded = shape.degraded;
    const FabricGraph before = graph_of(whole);
    const FabricGraph after = graph_of(hurt);
    std::vector<double> left(before.tiers.size(), 1);
    for (LinkId l = 0; l < before.capacity.size(); ++l) {
        double share = after.capacity[l] / before.capacity[l];
        // its data goes over those beside it, one of which is at least as full
        if (share <= 0) share = 0.5;
        left[before.tier[l]] = std::min(left[before.tier[l]], share);
    }
    return left;
}

std::vector<double> lengths_of(const std::vector<std::uint32_t>& dimensions) {
    return {dimensions.begin(), dimensions.end()};
}

/// Kinds of links outside domains.
std::size_t outer_tiers(const FabricShape& shape) {
    return has_outside(shape) ? row_of(shape).tiers(shape).size() : 0;
}

void add_tiers(const FabricShape& shape, const std::vector<double>& left, Network& network) {
    constexpr std::array names{"leaf", "spine", "core", "upper core"};
    const Domain& d = shape.domain;
    // of a plane: a domain has that part of its ports there
    const double chips_per_port = 1.0 * d.endpoints / d.ports * shape.planes;
    const std::size_t inside = left.size() - std::min(left.size(), outer_tiers(shape));
    double share_left = 1;
    if (!has_outside(shape)) return;
    const std::vector<Reach> reaches = row_of(shape).reaches(shape, ports_of_plane(shape));
    for (std::size_t i = 0; i < reaches.size(); ++i) {
        if (inside + i < left.size()) share_left = std::min(share_left, left[inside + i]);
        // under a leaf of a rail stand ports of one number; data leaves by the receiver's, so that
        // all chips of its domains reach each other over the leaves of their row
        const bool row = i == 0 && domains_on_rail(shape) > 1 && d.forwards;
        const double ports = row ? ports_in_plane(shape) * reaches[i].ports : reaches[i].ports;
        network.tiers.push_back({.name = names[std::min<std::size_t>(i, 3)],
                                 .reach = ports * chips_per_port,
                                 .hop = reaches[i].hop,
                                 .oversubscription = 1 / (reaches[i].share * share_left)});
    }
}

}  // namespace

Network network_of(const FabricShape& given, const Channels& channels) {
    const FabricShape shape = made_for(given, given.endpoints);
    const Domain& d = shape.domain;
    Network network{.chips = 1.0 * shape.endpoints};
    network.domain = std::min(d.endpoints, shape.endpoints);
    network.inner = channels.inner;
    network.outer = channels.outer;
    if (channels.inner.per_chip <= Bandwidth{}) network.inner.per_chip = inside_rate(d);
    if (channels.outer.per_chip <= Bandwidth{}) {
        network.outer.per_chip = 1.0 * d.ports / d.endpoints * port_rate(shape);
    }
    network.crossing = d.crossing;
    if (d.kind == FabricKind::full_mesh && d.endpoints > 1) network.pair = d.port;
    if (d.kind == FabricKind::torus && d.endpoints > 1)
        network.dimensions = lengths_of(d.dimensions);
    std::vector<double> left;
    if (!shape.degraded.empty()) left = shares_left(shape);
    const std::size_t outer = outer_tiers(shape);
    for (std::size_t i = 0; i + outer < left.size(); ++i) {
        network.inner.per_chip = min(network.inner.per_chip, left[i] * network.inner.per_chip);
        network.pair = min(network.pair, left[i] * network.pair);
    }
    add_tiers(shape, left, network);
    return network;
}

Group group_on(const Network& network, double size, double stride) {
    Group group{.size = size, .span = size * stride};
    group.inner = std::clamp(std::floor(network.domain / stride), 1.0, size);
    group.domains = std::ceil(size / group.inner);
    return group;
}

std::vector<double> slice_of(const std::vector<double>& torus, double chips) {
    std::vector<double> slice(torus.size(), 1);
    for (double held = 1; held < chips;) {
        std::size_t least = torus.size();
        for (std::size_t i = 0; i < torus.size(); ++i) {
            const bool grows = slice[i] < torus[i];
            if (grows && (least == torus.size() || slice[i] < slice[least])) least = i;
        }
        if (least == torus.size()) break;
        held /= slice[least];
        slice[least] = std::min(2 * slice[least], torus[least]);
        held *= slice[least];
    }
    return slice;
}

double exchange_detour(const Network& network, double size) {
    return exchange_detour(network.dimensions, size, true);
}

Bandwidth inside_rate(const Network& network, double members) {
    if (network.pair <= Bandwidth{}) return network.inner.per_chip;
    return std::max(1.0, members - 1) * network.pair;
}

Bandwidth neighbour_rate(const Network& network) {
    if (network.pair > Bandwidth{}) return network.pair;
    const auto dimensions = static_cast<double>(network.dimensions.size());
    return network.inner.per_chip / std::max(1.0, 2 * dimensions);
}

Bandwidth outer_rate(const Network& network, double span) {
    double divisor = 1;
    double below = network.domain;
    for (const Tier& tier : network.tiers) {
        if (span > below) divisor = std::max(divisor, tier.oversubscription);
        below = tier.reach;
    }
    return network.outer.per_chip / divisor;
}

Seconds outer_hops(const Network& network, double span) {
    Seconds sum;
    double below = network.domain;
    for (const Tier& tier : network.tiers) {
        if (span > below) sum += tier.hop;
        below = tier.reach;
    }
    return sum;
}

}  // namespace millwright
