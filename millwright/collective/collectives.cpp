#include "millwright/collective/collectives.h"

#include <algorithm>
#include <cmath>

namespace millwright {
namespace {

double ring_share(const Channel& channel, Bytes chunk) { return value(channel.ring, chunk.si()); }

/// Rate at which a ring through every rank moves its data, per rank.
Bandwidth ring_rate(const Network& net, const Group& g, Bytes chunk) {
    const Bandwidth inside = net.inner.per_chip * ring_share(net.inner, chunk);
    if (g.domains <= 1) return inside;
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

/// Wire time of a gather or scatter of `size` bytes round a ring; the measured shares hold the
/// start-up of calls, so latency is a floor and not a summand.
Seconds ring_pass(const Network& net, const Group& g, Bytes size) {
    const Bytes moved = size * ((g.size - 1) / g.size);
    return moved / ring_rate(net, g, size / g.size);
}

Group inside_of(const Group& g) { return {g.inner, g.inner, 1, g.inner}; }
Group outside_of(const Group& g) { return {g.domains, 1, g.domains, g.span}; }

Seconds ring_all_reduce(const Network& net, const Group& g, Bytes size) {
    return max(2 * ring_pass(net, g, size), base(net, g) + 2 * ring_latency(net, g));
}

/// Hops of a small message inside a domain: a chain among a few ranks, a tree among many.
double inner_depth(double ranks) {
    constexpr double chain = 7;  // of eight ranks, the most that were measured
    return std::min(ranks - 1, chain * std::log2(std::max(2.0, ranks)) / 3);
}

Seconds tree_all_reduce(const Network& net, const Group& g, Bytes size) {
    const Bytes moved = 2 * size * ((g.size - 1) / g.size);
    const double levels = std::ceil(std::log2(std::max(2.0, g.domains)));
    const Seconds chain = inner_depth(g.inner) * net.inner.step;
    const Seconds latency = 2 * (chain + (g.domains > 1 ? levels * outer_step(net, g) : Seconds{}));
    // each tree streams half of what a rail carries, whole: no piece for every rank as in a ring
    const Bytes stream = size / (2 * g.inner);
    const Seconds wire = moved / ring_rate(net, g, stream);
    return max(wire, base(net, g) + latency);
}

Seconds in_switch_all_reduce(const Network& net, const Group& g, Bytes size) {
    // measured with eight ranks; with more, pieces of a message shrink by the root of their number,
    // with fewer, the switch still moves every byte once up and once down
    constexpr double measured = 8;
    const double pieces = std::sqrt(measured * g.size);
    const double share = value(net.inner.reduced, (size / pieces).si());
    const double n = std::max(g.size, measured);
    const Bytes moved = 2 * size * ((n - 1) / n);
    const Seconds wire = moved / (net.inner.per_chip * share);
    return max(wire, net.inner.base + 2 * inner_depth(g.size) * net.inner.step);
}

Seconds hierarchical_all_reduce(const Network& net, const Group& g, Bytes size) {
    const Group in = inside_of(g);
    const Group out = outside_of(g);
    const Seconds outer =
        min(ring_all_reduce(net, out, size / g.inner), tree_all_reduce(net, out, size / g.inner));
    const Seconds inner = max(2 * ring_pass(net, in, size), 2 * net.inner.base);
    return inner + outer;
}

void consider(CollectiveTime& best, Seconds time, Algorithm algorithm) {
    if (best.algorithm == Algorithm::none || time < best.time) best = {time, algorithm};
}

CollectiveTime all_reduce(const Network& net, const Group& g, Bytes size) {
    CollectiveTime best;
    consider(best, ring_all_reduce(net, g, size), Algorithm::ring);
    consider(best, tree_all_reduce(net, g, size), Algorithm::tree);
    if (g.domains == 1 && !net.inner.reduced.empty()) {
        consider(best, in_switch_all_reduce(net, g, size), Algorithm::in_network);
    }
    if (g.domains > 1 && g.inner > 1) {
        consider(best, hierarchical_all_reduce(net, g, size), Algorithm::hierarchical);
    }
    return best;
}

/// Gather and scatter alike: they move the same bytes in opposite order.
CollectiveTime gather(const Network& net, const Group& g, Bytes size) {
    CollectiveTime best;
    consider(best, max(ring_pass(net, g, size), base(net, g) + ring_latency(net, g)),
             Algorithm::ring);
    if (g.domains > 1) {
        const Seconds levels = std::ceil(std::log2(g.domains)) * outer_step(net, g);
        const Seconds inside = g.inner > 1 ? (g.inner - 1) * net.inner.step : Seconds{};
        const Seconds latency = base(net, g) + levels + inside;
        consider(best, max(ring_pass(net, g, size), latency), Algorithm::tree);
    }
    return best;
}

}  // namespace

CollectiveTime collective_time(const Network& network, Collective collective, const Group& group,
                               Bytes size) {
    if (group.size <= 1 || size <= Bytes{}) return {};
    switch (collective) {
        case Collective::all_reduce: return all_reduce(network, group, size);
        case Collective::all_gather:
        case Collective::reduce_scatter: return gather(network, group, size);
        case Collective::all_to_all: {
            const Bytes near = size * ((group.inner - 1) / group.size);
            const Bytes far = size * ((group.size - group.inner) / group.size);
            return {dispatch_time(network, group, near, far), Algorithm::pairwise};
        }
    }
    return {};
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

Seconds point_to_point_time(const Network& network, double stride, Bytes size) {
    const bool inside = stride < network.domain;
    const Channel& channel = inside ? network.inner : network.outer;
    const double span = 2 * stride;
    const Bandwidth rate = inside ? neighbour_rate(network) : outer_rate(network, span);
    const Seconds hops = inside ? Seconds{} : outer_hops(network, span);
    return channel.base + hops + size / (rate * ring_share(channel, size));
}

Seconds lower_bound(const Network& network, Collective collective, const Group& group, Bytes size) {
    if (group.size <= 1) return {};
    const double n = group.size;
    const double others = (n - 1) / n;
    const bool inside = group.domains <= 1;
    const Bandwidth rate =
        inside ? network.inner.per_chip : max(network.inner.per_chip, network.outer.per_chip);
    const bool reduces = collective == Collective::all_reduce;
    const bool in_switch = reduces && inside && !network.inner.reduced.empty();
    const Seconds one = size * others / rate;
    return in_switch ? size / (2 * rate) : (reduces ? 2.0 : 1.0) * one;
}

double bus_factor(Collective collective, double ranks) {
    return (collective == Collective::all_reduce ? 2 : 1) * (ranks - 1) / ranks;
}

}  // namespace millwright
