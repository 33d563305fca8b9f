// A fabric as collectives see it: a scale-up domain, and tiers of scale-out above it.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/curve.h"
#include "millwright/base/quantity.h"
#include "millwright/fabric/shape.h"

namespace millwright {

/// What one chip can push through a kind of link, and how well collectives use it.
struct Channel {
    Bandwidth per_chip;               // one direction
    Seconds base;                     // fixed time of a call
    Seconds step;                     // time of one more rank in a ring
    Curve ring, all_to_all, reduced;  // share of `per_chip` by chunk bytes; `reduced` may be empty
    double crowding = 0;              // power by which trees over many domains slow down
    // of a serving engine's own all-reduce (parts/efficiency.h); a share of zero: it has none
    Seconds one_shot, two_shot;
    double kernel_share = 0;
};

/// The channels of a fabric. Without curves they are ideal: sends take the whole rate of a link,
/// and each waits for the latency of its way.
struct Channels {
    Channel inner, outer;  // scale-up, scale-out

    bool measured() const { return !inner.ring.empty() || !outer.ring.empty(); }
};

/// Parts of their rates that links inside scale-up domains and outside them reach.
struct LinkShares {
    double inner = 1, outer = 1;
};

/// Chips within `reach` of each other share switches of this tier; crossing it costs `hop` more
/// per message and divides the rate by `oversubscription`.
struct Tier {
    std::string name;
    double reach = 1;
    Seconds hop;
    double oversubscription = 1;
};

struct Network {
    double chips = 1;
    double domain = 1;  // chips of one scale-up domain
    Channel inner;      // scale-up; also used inside a server without a scale-up fabric (PCIe)
    Channel outer;      // scale-out
    std::vector<Tier> tiers;  // of the scale-out fabric, nearest first
    /// Lengths of the torus that a domain is; empty: switches or a mesh join its chips.
    std::vector<double> dimensions;
    /// Rate of the link between two chips of a domain that is a full mesh; else zero.
    Bandwidth pair{};
    /// Members of a domain by whose ports sums that its switches make cross; zero: all.
    double crossing = 0;
};

inline Channels channels_of(const Network& network) { return {network.inner, network.outer}; }

/// A communicator: `size` ranks, `inner` of them in each domain, all within `span` chips.
struct Group {
    double size = 1;
    double inner = 1;
    double domains = 1;
    double span = 1;
};

/// A fabric in these few numbers: domain and nested groups of its shape, each with the hops and the
/// part of a port's rate that is left beyond it. Rates are the channels' where these state one. A
/// degraded link counts as if all groups of its kind had the worst that is left.
Network network_of(const FabricShape& shape, const Channels& channels);

/// The group of every `stride`-th chip, `size` of them, on consecutive chips of the network.
Group group_on(const Network& network, double size, double stride);

/// Rate of the scale-out links for traffic within `span` chips, one direction of one chip.
Bandwidth outer_rate(const Network& network, double span);

/// Lengths of the part of a torus that so many chips take: the least grown until it holds them, so
/// that it is near a cube.
std::vector<double> slice_of(const std::vector<double>& torus, double chips);

/// How much longer than at the rate of all its links together a chip of `size` neighbours in a
/// torus takes to exchange like parts with all others: ways are several links long, and the middle
/// of the longest dimension is full. One where there is no torus.
double exchange_detour(const Network& network, double size);

/// What a chip can send to the others of `members` in its domain: all its links, on a full mesh
/// those to them alone.
Bandwidth inside_rate(const Network& network, double members);

/// Rate of one way between neighbouring blocks of chips: a chip's links, on a torus or a full mesh
/// one of them.
Bandwidth neighbour_rate(const Network& network);

/// Extra latency of the switches that a message within `span` chips crosses.
Seconds outer_hops(const Network& network, double span);

}  // namespace millwright
