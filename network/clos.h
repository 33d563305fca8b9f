// A three-tier fat tree as a graph of links (Al-Fares 2008): k pods of k/2 edge and k/2 aggregation
// switches, (k/2)^2 core switches, k/2 hosts on each edge switch, every link of the same rate.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/fields.h"
#include "network/flows.h"

namespace millwright {

/// How a flow picks its way among equal ones: always the same for a destination, by a hash of the
/// flow, or spread evenly over all (each group of parallel links is then one).
enum class Routing : std::uint8_t { single, ecmp, adaptive };

template <>
struct EnumNames<Routing> {
    static constexpr std::array<std::string_view, 3> names{"single", "ecmp", "adaptive"};
};

/// Mixes bits well (Steele, Lea and Flood 2014, SplitMix64).
std::uint64_t mixed_bits(std::uint64_t x);

struct Clos {
    std::uint32_t radix = 64;
    std::uint32_t hosts = 0;
    Bandwidth port{};  // one direction
    Seconds hop{};
    Routing routing = Routing::ecmp;
};

/// The largest number of hosts of a radix: k^3 / 4.
double clos_capacity(double radix);

/// The smallest radix of 64, 128 and 144 that joins so many hosts; zero if none does.
std::uint32_t clos_radix(double hosts);

/// The tree that `--fabric fat-tree` means: three tiers that do not block, the smallest switches of
/// 64, 128 and 144 ports, one port of 50 GB/s a host, 500 ns a hop.
Clos fat_tree_of(std::uint32_t hosts, Routing routing);

/// Capacities and latencies of all links; the flows are added with `clos_way`.
FlowProblem clos_problem(const Clos& tree);

/// Links from one host to another, in order; none to itself. `flow` is hashed with the hosts.
std::vector<LinkId> clos_way(const Clos& tree, std::uint32_t source, std::uint32_t destination,
                             std::uint64_t flow);

/// "edge 3 to aggregation 40".
std::string clos_link_name(const Clos& tree, LinkId link);

}  // namespace millwright
