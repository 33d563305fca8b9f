// Trees of switches of any depth (Al-Fares 2008, Leiserson 1985), as blocks of links.
//
// Hosts stand under switches of the first tier, those under groups of the next, and so on. A group
// of tier i has `width` children; its links to the tier above together have the rate of those to
// its children, divided by `oversubscription`. A tree of three tiers, k/2, k/2 and k wide, of one
// rate and without oversubscription is the k-ary fat tree.
#pragma once

#include <string>
#include <vector>

#include "millwright/fabric/graph.h"

namespace millwright {

/// A tier of switches: a group is what a switch of unlimited ports would be.
struct TreeTier {
    std::uint32_t width = 1;      // hosts or groups below one group
    double oversubscription = 1;  // of its links up; of no account at the top
    Bandwidth port{};             // of one link to a child, one direction
    Seconds hop{};                // latency of that link
};

/// `hosts` may be fewer than the tiers hold; groups that are left empty are not wired.
struct Tree {
    std::vector<TreeTier> tiers;  // from the hosts up
    std::uint32_t hosts = 0;
};

/// Hosts that are to be joined by switches of one kind.
struct TreeRequest {
    double hosts = 1;
    double radix = 64;            // ports of a switch
    double oversubscription = 1;  // of the leaves: ports down over ports up; above there is none
    double max_tiers = 3;
    Bandwidth port{};
    Seconds hop{};
};

/// The tree with the fewest tiers that joins all hosts; without tiers if none does.
Tree smallest_tree(const TreeRequest& request);

/// Hosts that so many tiers of switches of that radix can join.
double tree_capacity(double radix, double tiers, double oversubscription);

/// Switches of each tier and cables to and between them, for the ports that are in use; a group too
/// large for one switch of that radix has as many as its links up, small ones share a switch.
struct TreeCounts {
    std::vector<double> switches;
    double cables = 0;  // those of the hosts included
};
TreeCounts counts_of(const Tree& tree, double radix);

/// Ports that the switches of a tree need if one stands for each group; zero without tiers.
double radix_of(const Tree& tree);

constexpr std::uint32_t largest_radix = 144;

/// The largest number of hosts of a three-tier tree of switches of that radix: k^3 / 4.
double fat_tree_capacity(double radix);

/// The smallest radix of 64, 128 and 144 that joins so many hosts; zero if none does.
std::uint32_t fat_tree_radix(double hosts);

/// The tree that `--fabric fat-tree` means: three tiers that do not block, the smallest switches of
/// 64, 128 and 144 ports, one port of 50 GB/s a host, 500 ns a hop.
Tree fat_tree_of(std::uint32_t hosts);

/// Hosts that the tiers can hold.
double capacity_of(const Tree& tree);

/// Links of all kinds of a tree that is full, one direction.
double links_of(const Tree& tree);

/// Links from a group of tier i to the tier above; at least one.
std::uint32_t links_up(const Tree& tree, std::size_t tier);

/// Ids of a tree's links within a graph.
class TreeLinks {
public:
    /// Appends the tree's links to the graph: a kind of links for each tier of the tree, the first
    /// of that number.
    TreeLinks(const Tree& tree, Routing routing, FabricGraph& graph, std::uint8_t first_tier = 0);

    /// Pushes the links from one host up to where the other is below, and down to it; only the
    /// part above groups of tier `from_tier` (0: all). None to itself.
    void way(std::uint32_t from, std::uint32_t to, std::uint64_t flow,
             std::vector<LinkId>& links) const;
    /// Pushes the links of a host up to its group of that tier, or down from there.
    void climb(std::uint32_t host, std::size_t tier, std::uint64_t flow,
               std::vector<LinkId>& links) const;
    void descend(std::uint32_t host, std::size_t tier, std::uint64_t flow,
                 std::vector<LinkId>& links) const;

    /// "host 3 up", "tier 1 group 3 up, link 4"; `host` is what to call one.
    std::string name(LinkId link, std::string_view host) const;
    double parallel(LinkId link) const;

private:
    /// Links of one tier's groups towards the tier above, or of the hosts to the first tier.
    struct Block {
        std::uint32_t groups = 0;    // or hosts
        std::uint32_t parallel = 1;  // links of one group, as ids
        double rate = 1;             // of one id, in links
        LinkId up = 0, down = 0;     // first ids
    };

    std::uint32_t pick(std::size_t tier, std::uint32_t below, std::uint32_t branches,
                       std::uint32_t destination, std::uint64_t hash) const;
    std::uint32_t next_link(std::size_t level, std::uint32_t link, std::uint32_t to,
                            std::uint64_t flow) const;
    const Block& block_of(LinkId link, std::size_t& level) const;

    Tree tree_;
    Routing routing_;
    std::vector<Block> blocks_;  // block 0 is the hosts', block i + 1 that of tier i
    LinkId first_ = 0, end_ = 0;
};

/// "3 tiers, 32, 32 and 64 wide, 50 GB/s".
std::string describe(const Tree& tree);

}  // namespace millwright
