// Wire time is bytes over a rate times the curve's share at the size of a piece: S/n for rings,
// half of a rail's bytes for trees. A ring over several domains goes at the slower of inside and
// outside, where each rail of a domain carries a ring of its own. Sums in switches were measured
// with eight ranks, from which other numbers are scaled.
#include "millwright/collective/formulas.h"

#include <algorithm>
#include <cmath>

namespace millwright {
namespace {

double ring_share(const Channel& channel, Bytes chunk) { return value(channel.ring, chunk.si()); }

/// Rate at which a ring through every rank moves its data, per rank; `slower`: links outside are.
Bandwidth ring_rate(const Network& net, const Group& g, Bytes chunk, double slower = 1) {
    const Bandwidth inside = inside_rate(net, g.inner) * ring_share(net.inner, chunk);
    if (g.domains <= 1) return inside;
    // a ring a port: data crosses between two domains on all rails of its members together
    const Bandwidth outside =
        g.inner * outer_rate(net, g.span) * (ring_share(net.outer, chunk) / slower);
    return g.inner > 1 ? min(inside, outside) : outside;
}

Seconds outer_step(const Network& net, const Group& g) {
    return net.outer.step + outer_hops(net, g.span);
}

/// Latency of one pass round the ring.
Seconds ring_latency(const Network& net, const Group& g) {
    const Seconds inside = (g.size - g.domains) * net.inner.step;
    return inside + (g.domains > 1 ? (g.domains - 1) * outer_step(net, g) : Seconds{});
}

Seconds base(const Network& net, const Group& g) {
    return g.domains > 1 ? net.outer.base : net.inner.base;
}

/// Wire time of a gather or scatter of `size` bytes round a ring.
Seconds ring_pass(const Network& net, const Group& g, Bytes size) {
    const Bytes moved = size * ((g.size - 1) / g.size);
    return moved / ring_rate(net, g, size / g.size);
}

/// Rate of all ports by which a domain's sums leave it, together.
Bandwidth crossing_rate(const Network& net, const Group& g) {
    const double ports = crossing_ports(net.crossing, g.inner);
    return min(ports * net.outer.per_chip, g.inner * outer_rate(net, g.span));
}

/// What sums over several domains start later than the curve of one holds, by the ranks of the
/// others: 20 racks of 72 start 4 ms after one does, two 0.2 ms.
Seconds walk_outside(const Network& net, const Group& g) {
    return 2 * (g.size - g.inner) * net.inner.step;
}

/// Sums of a domain's members in its switch, at that part of the rate.
Seconds switch_wire(const Network& net, double ranks, Bytes size, double part) {
    const SwitchMeasure measured = switch_measure(ranks, size);
    const double share = value(net.inner.reduced, measured.message.si());
    return measured.moved / part * size / (net.inner.per_chip * share);
}

}  // namespace

double inner_depth(double ranks) {
    constexpr double chain = 7;  // of eight ranks, the most that were measured
    return std::min(ranks - 1, chain * std::log2(std::max(2.0, ranks)) / 3);
}

double tree_levels(double domains) { return std::ceil(std::log2(std::max(2.0, domains))); }

double fullest_node(double domains) { return std::min(domains, 4.0) / 2; }

double crowd(const Channel& channel, double domains) {
    if (channel.crowding <= 0 || domains <= 4) return 1;
    return std::pow(domains / 4, channel.crowding);
}

double crossing_ports(double crossing, double inner) {
    return crossing > 0 ? std::min(crossing, inner) : inner;
}

SwitchMeasure switch_measure(double ranks, Bytes size) {
    // measured with eight ranks; with more, pieces of a message shrink by the root of their number.
    // With fewer a chip still sends all its bytes up once, and its part of the sums besides.
    constexpr double measured = 8;
    const double most = std::max(ranks, measured);
    const double fewer = (1 + 1 / ranks) / (1 + 1 / measured);
    const double moved = 2 * ((most - 1) / most) * (ranks < measured ? fewer : 1);
    return {moved, size / std::sqrt(measured * ranks)};
}

Seconds ring_time(const Network& net, Collective collective, const Group& g, Bytes size) {
    const double turns = rounds(collective);
    return max(turns * ring_pass(net, g, size), base(net, g) + turns * ring_latency(net, g));
}

Seconds tree_time(const Network& net, Collective, const Group& g, Bytes size) {
    const Bytes moved = 2 * size * ((g.size - 1) / g.size);
    const double levels = tree_levels(g.domains);
    const Seconds chain = inner_depth(g.inner) * net.inner.step;
    const Seconds latency = 2 * (chain + (g.domains > 1 ? levels * outer_step(net, g) : Seconds{}));
    // each tree streams half of what a rail carries, whole: no piece for every rank as in a ring
    const Bytes stream = size / (2 * g.inner);
    const Seconds wire = moved / ring_rate(net, g, stream, crowd(net.outer, g.domains));
    return max(wire, base(net, g) + latency);
}

Seconds parallel_trees_time(const Network& net, Collective, const Group& g, Bytes size) {
    const Seconds levels = std::ceil(std::log2(g.domains)) * outer_step(net, g);
    const Seconds inside = g.inner > 1 ? (g.inner - 1) * net.inner.step : Seconds{};
    const Seconds latency = base(net, g) + levels + inside;
    return max(ring_pass(net, g, size), latency);
}

Seconds switch_tree_time(const Network& net, Collective, const Group& g, Bytes size) {
    const double ports = crossing_ports(net.crossing, g.inner);
    const Seconds inside = switch_wire(net, g.inner, size, feeding);
    const double share = ring_share(net.outer, size / (2 * ports)) / crowd(net.outer, g.domains);
    const Seconds outside = fullest_node(g.domains) * size / (share * crossing_rate(net, g));
    const Seconds latency = net.outer.base + 2 * tree_levels(g.domains) * outer_step(net, g);
    return max(max(inside, outside), latency) + walk_outside(net, g);
}

Seconds in_network_time(const Network& net, Collective, const Group& g, Bytes size) {
    if (g.domains <= 1) {
        const Seconds latency = net.inner.base + 2 * inner_depth(g.size) * net.inner.step;
        return max(switch_wire(net, g.size, size, 1), latency);
    }
    const Bytes each = size / crossing_ports(net.crossing, g.inner);
    const double share = value(net.outer.reduced, each.si());
    const Seconds outside = rounds(Collective::all_reduce) * ((g.size - 1) / g.size) * size /
                            (share * crossing_rate(net, g));
    const Seconds inside = g.inner > 1 ? switch_wire(net, g.inner, size, feeding) : Seconds{};
    return max(max(inside, outside), net.outer.base + 2 * outer_step(net, g)) +
           walk_outside(net, g);
}

Seconds direct_time(const Network& net, Collective, const Group& g, Bytes size) {
    const Bytes near = size * ((g.inner - 1) / g.size);
    const Bytes far = size * ((g.size - g.inner) / g.size);
    return dispatch_time(net, g, near, far);
}

Seconds dispatch_time(const Network& net, const Group& g, Bytes near, Bytes far) {
    if (g.size <= 1) return {};
    const Bytes chunk = near / std::max(1.0, g.inner - 1);
    const Bandwidth inside =
        inside_rate(net, g.inner) / exchange_detour(net, std::min(g.span, net.domain));
    Seconds wire = near / (inside * value(net.inner.all_to_all, chunk.si()));
    Seconds latency = net.inner.step;
    if (g.domains > 1) {
        const Bytes message = far / (g.domains - 1);  // to one domain
        const double share = value(net.outer.all_to_all, message.si());
        wire = max(wire, far / (outer_rate(net, g.span) * share));
        latency = std::ceil(std::log2(g.domains + 1)) * outer_step(net, g);
    }
    return max(wire, base(net, g) + latency);
}

// A message has one way: on a torus one of a chip's links, not all of them.
Seconds point_to_point_time(const Network& network, double stride, Bytes size) {
    const bool inside = stride < network.domain;
    const Channel& channel = inside ? network.inner : network.outer;
    const double span = 2 * stride;
    const Bandwidth rate = inside ? neighbour_rate(network) : outer_rate(network, span);
    const Seconds hops = inside ? Seconds{} : outer_hops(network, span);
    return channel.base + hops + size / (rate * ring_share(channel, size));
}

}  // namespace millwright
