// A group of tier i is drawn as one node with bundles of links to its parent, though it is many
// switches in truth. What tells these apart is the number of a link in its bundle: link l from a
// child ends at switch l of the group, whose own links up are those from l x branches on. So a way
// up picks a branch at each switch that it has reached, and the numbers that it took on the way up
// are those of the links down: the switch at its top fixes the way down, as in any folded Clos.
//
// With `adaptive` routing a bundle is one link of the rate of all: traffic that is spread evenly
// loads them alike, and the graph is smaller by their number.
#include "millwright/fabric/tree.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/sim/hash.h"

namespace millwright {

namespace {

/// Ports down of a leaf: d down and u up, d + u = radix and d / u = oversubscription.
double leaf_down(double radix, double oversubscription) {
    return std::floor(radix * oversubscription / (1 + oversubscription));
}

/// Rate of a tier's links over that of the next tier's.
double rate_ratio(const Tree& tree, std::size_t tier) {
    const Bandwidth here = tree.tiers[tier].port;
    const Bandwidth above = tree.tiers[tier + 1].port;
    return here == above ? 1 : here / above;
}

/// Ports up of a switch whose ports down are a group's children.
double ports_up(const Tree& tree, std::size_t tier) {
    if (tier + 1 == tree.tiers.size()) return 0;
    const TreeTier& t = tree.tiers[tier];
    return t.width / t.oversubscription * rate_ratio(tree, tier);
}

}  // namespace

double tree_capacity(double radix, double tiers, double oversubscription) {
    if (tiers <= 1) return radix;
    // a leaf has d hosts, a tier above multiplies by radix / 2, and the top by radix as it has no
    // ports up: d (r/2)^(t-2) r
    if (tiers <= 2) return leaf_down(radix, oversubscription) * radix;
    return leaf_down(radix, oversubscription) * std::pow(std::floor(radix / 2), tiers - 2) * radix;
}

Tree smallest_tree(const TreeRequest& r) {
    double tiers = 1;
    while (tiers < r.max_tiers && tree_capacity(r.radix, tiers, r.oversubscription) < r.hosts) {
        ++tiers;
    }
    if (tree_capacity(r.radix, tiers, r.oversubscription) < r.hosts) return {};
    Tree tree{.hosts = narrow<std::uint32_t>(r.hosts)};
    for (double tier = 0; tier < tiers; ++tier) {
        const bool top = tier + 1 == tiers;
        const double width = top         ? r.radix
                             : tier == 0 ? leaf_down(r.radix, r.oversubscription)
                                         : std::floor(r.radix / 2);
        tree.tiers.push_back(
            {narrow<std::uint32_t>(width), tier == 0 ? r.oversubscription : 1, r.port, r.hop});
    }
    return tree;
}

double radix_of(const Tree& tree) {
    double most = 0;
    for (std::size_t i = 0; i < tree.tiers.size(); ++i) {
        most = std::max(most, tree.tiers[i].width + std::floor(ports_up(tree, i)));
    }
    return most;
}

TreeCounts counts_of(const Tree& tree, double radix) {
    TreeCounts counts{.cables = 1.0 * tree.hosts};
    double links = tree.hosts;  // that the tier below sends up
    for (std::size_t i = 0; i < tree.tiers.size(); ++i) {
        const TreeTier& t = tree.tiers[i];
        // A switch takes `width` of the links from below. Groups that are smaller than a switch
        // share one, several whole ones; a larger one is several switches.
        const double of_group = t.width + ports_up(tree, i);
        const double groups = std::max(1.0, std::floor(radix / of_group));  // of a switch
        counts.switches.push_back(std::ceil(links / (groups * t.width)));
        if (i + 1 == tree.tiers.size()) break;
        links = links / t.oversubscription * rate_ratio(tree, i);
        counts.cables += links;
    }
    return counts;
}

double fat_tree_capacity(double radix) { return radix * radix * radix / 4; }

std::uint32_t fat_tree_radix(double hosts) {
    for (const std::uint32_t radix : {64U, 128U, largest_radix}) {
        if (hosts <= fat_tree_capacity(radix)) return radix;
    }
    return 0;
}

Tree fat_tree_of(std::uint32_t hosts) {
    constexpr Bandwidth port = 50 * unit::GBps;
    constexpr Seconds hop = 500 * unit::ns;
    const std::uint32_t fitting = fat_tree_radix(hosts);
    const std::uint32_t radix = fitting > 0 ? fitting : largest_radix;
    return {{{radix / 2, 1, port, hop}, {radix / 2, 1, port, hop}, {radix, 1, port, hop}}, hosts};
}

double capacity_of(const Tree& tree) {
    double hosts = 1;
    for (const TreeTier& tier : tree.tiers) hosts *= tier.width;
    return hosts;
}

namespace {

/// Links from one group of a tier up, given those of each of its children.
double links_above(const Tree& tree, std::size_t tier, double links_below) {
    const TreeTier& t = tree.tiers[tier];
    const Bandwidth above = tree.tiers[std::min(tier + 1, tree.tiers.size() - 1)].port;
    return std::max(1.0, std::round(links_below * t.width / t.oversubscription * (t.port / above)));
}

}  // namespace

std::uint32_t links_up(const Tree& tree, std::size_t tier) {
    double links = 1;
    for (std::size_t i = 0; i <= tier; ++i) links = links_above(tree, i, links);
    return narrow<std::uint32_t>(links);
}

// over full groups: that is the most, and what limits of size are held against
double links_of(const Tree& tree) {
    double groups = capacity_of(tree);
    double links = 1;
    double sum = 0;
    for (std::size_t i = 0; i < tree.tiers.size(); ++i) {
        sum += groups * links;
        groups /= tree.tiers[i].width;
        links = links_above(tree, i, links);
    }
    return sum;
}

TreeLinks::TreeLinks(const Tree& tree, Routing routing, FabricGraph& graph, std::uint8_t first_tier)
    : tree_(tree), routing_(routing), first_(static_cast<LinkId>(graph.capacity.size())) {
    std::uint32_t groups = tree.hosts;
    end_ = first_;
    for (std::size_t level = 0; level < tree.tiers.size(); ++level) {
        Block block{.groups = groups};
        if (level > 0) {
            const std::uint32_t links = links_up(tree, level - 1);
            const bool bundled = routing == Routing::adaptive;
            block.parallel = bundled ? 1 : links;
            block.rate = bundled ? links : 1;
        }
        const TreeTier& tier = tree.tiers[level];
        block.up = end_;
        block.down = block.up + groups * block.parallel;
        end_ = block.down + groups * block.parallel;
        graph.capacity.resize(end_, block.rate * tier.port);
        graph.latency.resize(end_, tier.hop);
        graph.tier.resize(end_, static_cast<std::uint8_t>(first_tier + level));
        blocks_.push_back(block);
        groups = (groups + tier.width - 1) / tier.width;
    }
}

/// Which of the links up a flow takes at each tier: one of those of the switch that it reached.
std::uint32_t TreeLinks::pick(std::size_t tier, std::uint32_t below, std::uint32_t branches,
                              std::uint32_t destination, std::uint64_t hash) const {
    std::uint64_t choice = hash;
    if (routing_ == Routing::single) {
        // D-mod-k: the number of the destination's group below this tier, of the host at the
        // leaves, picks, so that consecutive destinations go up over consecutive links
        choice = destination;
        for (std::size_t i = 0; i < tier; ++i) choice /= tree_.tiers[i].width;
        // around failed links, as tables that are made anew lead all who send there
        if (hash > 0) choice += mixed_bits(hash + tier);
    } else {
        // mixed afresh at each tier: what met at one switch by these bits would go the same way on
        for (std::size_t i = 0; i < tier; ++i) choice = mixed_bits(choice);
    }
    const std::uint32_t all = blocks_[tier + 1].parallel;
    return (below * branches + static_cast<std::uint32_t>(choice % branches)) % all;
}

std::uint32_t TreeLinks::next_link(std::size_t level, std::uint32_t link, std::uint32_t to,
                                   std::uint64_t flow) const {
    const Block& block = blocks_[level];
    if (level == 0 || block.parallel == 1) return 0;
    const std::uint32_t below = level > 1 ? blocks_[level - 1].parallel : 1;
    return pick(level - 1, link, std::max(1U, block.parallel / below), to, flow);
}

void TreeLinks::way(std::uint32_t from, std::uint32_t to, std::uint64_t flow,
                    std::vector<LinkId>& links) const {
    const std::uint64_t hash =
        routing_ == Routing::single ? flow : mixed_bits(mixed_bits(mixed_bits(from) ^ to) ^ flow);
    const std::uint32_t destination = to;
    // readers let no tree have more than 8 tiers
    std::array<LinkId, 16> down{};
    std::size_t depth = 0;
    std::uint32_t link = 0;  // among the parallel ones of a group
    // up from both ends at once until both are in one group; `from` and `to` become groups
    for (std::size_t level = 0; level < blocks_.size() && from != to; ++level) {
        const Block& block = blocks_[level];
        link = next_link(level, link, destination, hash);
        links.push_back(block.up + from * block.parallel + link);
        down[depth++] = block.down + to * block.parallel + link;
        from /= tree_.tiers[level].width;
        to /= tree_.tiers[level].width;
    }
    while (depth > 0) links.push_back(down[--depth]);
}

void TreeLinks::climb(std::uint32_t host, std::size_t tier, std::uint64_t flow,
                      std::vector<LinkId>& links) const {
    std::uint32_t link = 0;
    const std::uint32_t destination = host;
    for (std::size_t level = 0; level < tier; ++level) {
        link = next_link(level, link, destination, flow);
        links.push_back(blocks_[level].up + host * blocks_[level].parallel + link);
        host /= tree_.tiers[level].width;
    }
}

// Where `attach` puts ports above chips, data comes down by the links that it would climb.
void TreeLinks::descend(std::uint32_t host, std::size_t tier, std::uint64_t flow,
                        std::vector<LinkId>& links) const {
    const std::size_t begin = links.size();
    climb(host, tier, flow, links);
    for (std::size_t i = begin; i < links.size(); ++i) {
        const Block& block = blocks_[i - begin];
        links[i] += block.down - block.up;
    }
    std::reverse(links.begin() + static_cast<std::ptrdiff_t>(begin), links.end());
}

const TreeLinks::Block& TreeLinks::block_of(LinkId link, std::size_t& level) const {
    level = 0;
    while (level + 1 < blocks_.size() && link >= blocks_[level + 1].up) ++level;
    return blocks_[level];
}

std::string TreeLinks::name(LinkId link, std::string_view host) const {
    std::size_t level = 0;
    const Block& block = block_of(link, level);
    const bool up = link < block.down;
    const LinkId at = link - (up ? block.up : block.down);
    const char* way = up ? "up" : "down";
    if (level == 0) return fmt::format("{} {} {}", host, at, way);
    const std::string group = fmt::format("tier {} group {} {}", level, at / block.parallel, way);
    if (routing_ == Routing::adaptive) return group + ", all links";
    return group + fmt::format(", link {}", at % block.parallel);
}

double TreeLinks::parallel(LinkId link) const {
    std::size_t level = 0;
    return block_of(link, level).rate;
}

std::string describe(const Tree& tree) {
    std::vector<std::string> widths;
    for (const TreeTier& tier : tree.tiers) {
        widths.push_back(tier.oversubscription == 1
                             ? std::to_string(tier.width)
                             : fmt::format("{} ({:g}:1)", tier.width, tier.oversubscription));
    }
    return fmt::format("{} tier{} of switches, {} wide, {} a port", widths.size(),
                       widths.size() == 1 ? "" : "s", join(widths, ", "),
                       to_text(tree.tiers.front().port));
}

}  // namespace millwright
