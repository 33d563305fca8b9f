// Fat trees of any depth as graphs of links (Al-Fares 2008, Leiserson 1985).
//
// Hosts stand under switches of the first tier, those under groups of the next, and so on. A group
// of tier i has `width` children; towards the tier above it has as many links as its children have
// together, divided by `oversubscription`. All links run at the port's rate. A tree of three tiers,
// k/2, k/2 and k wide, without oversubscription is the k-ary fat tree.
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

struct TreeTier {
    std::uint32_t width = 1;      // hosts or groups below one group
    double oversubscription = 1;  // of its links up; of no account at the top
};

struct Tree {
    std::vector<TreeTier> tiers;  // from the hosts up
    std::uint32_t hosts = 0;
    Bandwidth port{};  // one direction
    Seconds hop{};     // latency of a link
    Routing routing = Routing::ecmp;
};

/// Mixes bits well (Steele, Lea and Flood 2014, SplitMix64).
std::uint64_t mixed_bits(std::uint64_t x);

/// The largest number of hosts of a three-tier tree of switches of that radix: k^3 / 4.
double fat_tree_capacity(double radix);

/// The smallest radix of 64, 128 and 144 that joins so many hosts; zero if none does.
std::uint32_t fat_tree_radix(double hosts);

/// The tree that `--fabric fat-tree` means: three tiers that do not block, the smallest switches of
/// 64, 128 and 144 ports, one port of 50 GB/s a host, 500 ns a hop. More hosts than `capacity_of`
/// it do not fit.
Tree fat_tree_of(std::uint32_t hosts, Routing routing);

/// Hosts that the tiers can hold.
double capacity_of(const Tree& tree);

/// Links from a group of tier i to the tier above; at least one.
std::uint32_t links_up(const Tree& tree, std::size_t tier);

/// Capacities and latencies of all links; the flows are added with `way_on`.
FlowProblem problem_of(const Tree& tree);

/// Links from one host to another, in order; none to itself. `flow` is hashed with the hosts.
std::vector<LinkId> way_on(const Tree& tree, std::uint32_t source, std::uint32_t destination,
                           std::uint64_t flow);

/// "tier 1 group 3 up, link 4".
std::string link_name(const Tree& tree, LinkId link);

/// "3 tiers of 32, 32 and 64, 50 GB/s a port, ecmp".
std::string describe(const Tree& tree);

}  // namespace millwright
