#include "millwright/collective/formulas.h"

#include <algorithm>
#include <cmath>

namespace millwright {
namespace {

double ring_share(const Channel& channel, Bytes chunk) { return value(channel.ring, chunk.si()); }

/// Rate at which a ring through every rank moves its data, per rank.
Bandwidth ring_rate(const Network& net, const Group& g, Bytes chunk) {
    const Bandwidth inside = net.inner.per_chip * ring_share(net.inner, chunk);
    if (g.domains <= 1) return inside;
    // a ring a port: data crosses between two domains on all rails of its members together
    const Bandwidth outside = g.inner * outer_rate(net, g.span) * ring_share(net.outer, chunk);
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

Group inside_of(const Group& g) { return {g.inner, g.inner, 1, g.inner}; }
Group outside_of(const Group& g) { return {g.domains, 1, g.domains, g.span}; }

Seconds inside_time(const Network& net, const Group& g, Bytes size) {
    return max(2 * ring_pass(net, inside_of(g), size), 2 * net.inner.base);
}

}  // namespace

double inner_depth(double ranks) {
    constexpr double chain = 7;  // of eight ranks, the most that were measured
    return std::min(ranks - 1, chain * std::log2(std::max(2.0, ranks)) / 3);
}

double tree_levels(double domains) { return std::ceil(std::log2(std::max(2.0, domains))); }

SwitchMeasure switch_measure(double ranks, Bytes size) {
    // measured with eight ranks; with more, pieces of a message shrink by the root of their number,
    // with fewer, the switch still moves every byte once up and once down
    constexpr double measured = 8;
    const double n = std::max(ranks, measured);
    return {2 * ((n - 1) / n), size / std::sqrt(measured * ranks)};
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
    const Seconds wire = moved / ring_rate(net, g, stream);
    return max(wire, base(net, g) + latency);
}

Seconds parallel_trees_time(const Network& net, Collective, const Group& g, Bytes size) {
    const Seconds levels = std::ceil(std::log2(g.domains)) * outer_step(net, g);
    const Seconds inside = g.inner > 1 ? (g.inner - 1) * net.inner.step : Seconds{};
    const Seconds latency = base(net, g) + levels + inside;
    return max(ring_pass(net, g, size), latency);
}

Seconds rail_ring_time(const Network& net, Collective collective, const Group& g, Bytes size) {
    return inside_time(net, g, size) + ring_time(net, collective, outside_of(g), size / g.inner);
}

Seconds rail_tree_time(const Network& net, Collective collective, const Group& g, Bytes size) {
    return inside_time(net, g, size) + tree_time(net, collective, outside_of(g), size / g.inner);
}

Seconds in_network_time(const Network& net, Collective, const Group& g, Bytes size) {
    const SwitchMeasure measured = switch_measure(g.size, size);
    const double share = value(net.inner.reduced, measured.message.si());
    const Bytes moved = measured.moved * size;
    const Seconds wire = moved / (net.inner.per_chip * share);
    return max(wire, net.inner.base + 2 * inner_depth(g.size) * net.inner.step);
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
        net.inner.per_chip / exchange_detour(net, std::min(g.span, net.domain));
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
