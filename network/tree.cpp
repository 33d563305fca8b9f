#include "network/tree.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"

namespace millwright {
namespace {

/// Links of one tier's groups towards the tier above, or of the hosts to the first tier.
struct Block {
    std::uint32_t groups = 0;    // or hosts
    std::uint32_t parallel = 1;  // links of one group, as ids
    double rate = 1;             // of one id, in ports
    LinkId up = 0, down = 0;     // first ids
};

/// Block 0 is the hosts', block i + 1 that of tier i; the top tier has none.
struct Layout {
    std::vector<Block> blocks;
    LinkId end = 0;
};

Layout layout_of(const Tree& tree) {
    Layout layout;
    std::uint32_t groups = tree.hosts;
    for (std::size_t level = 0; level < tree.tiers.size(); ++level) {
        Block block{.groups = groups};
        if (level > 0) {
            const std::uint32_t links = links_up(tree, level - 1);
            const bool bundled = tree.routing == Routing::adaptive;
            block.parallel = bundled ? 1 : links;
            block.rate = bundled ? links : 1;
        }
        block.up = layout.end;
        block.down = block.up + groups * block.parallel;
        layout.end = block.down + groups * block.parallel;
        layout.blocks.push_back(block);
        const std::uint32_t width = tree.tiers[level].width;
        groups = (groups + width - 1) / width;
    }
    return layout;
}

/// Which of the links up a flow takes at each tier: one of those of the switch that it reached.
std::uint32_t pick(const Tree& tree, std::size_t tier, std::uint32_t below, std::uint32_t branches,
                   std::uint32_t destination, std::uint64_t hash) {
    std::uint64_t choice = hash;
    if (tree.routing == Routing::single) {
        choice = destination;
        for (std::size_t i = 0; i < tier; ++i) choice /= tree.tiers[i].width;
    } else {
        for (std::size_t i = 0; i < tier; ++i) choice = mixed_bits(choice);
    }
    return (below * branches + static_cast<std::uint32_t>(choice % branches)) %
           links_up(tree, tier);
}

}  // namespace

std::uint64_t mixed_bits(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

double fat_tree_capacity(double radix) { return radix * radix * radix / 4; }

std::uint32_t fat_tree_radix(double hosts) {
    for (const std::uint32_t radix : {64U, 128U, 144U}) {
        if (hosts <= fat_tree_capacity(radix)) return radix;
    }
    return 0;
}

Tree fat_tree_of(std::uint32_t hosts, Routing routing) {
    constexpr std::uint32_t largest = 144;
    const std::uint32_t fitting = fat_tree_radix(hosts);
    const std::uint32_t radix = fitting > 0 ? fitting : largest;
    return {.tiers = {{radix / 2}, {radix / 2}, {radix}},
            .hosts = hosts,
            .port = 50 * unit::GBps,
            .hop = 500 * unit::ns,
            .routing = routing};
}

double capacity_of(const Tree& tree) {
    double hosts = 1;
    for (const TreeTier& tier : tree.tiers) hosts *= tier.width;
    return hosts;
}

std::uint32_t links_up(const Tree& tree, std::size_t tier) {
    double links = 1;
    for (std::size_t i = 0; i <= tier; ++i) {
        links =
            std::max(1.0, std::round(links * tree.tiers[i].width / tree.tiers[i].oversubscription));
    }
    return static_cast<std::uint32_t>(links);
}

FlowProblem problem_of(const Tree& tree) {
    const Layout layout = layout_of(tree);
    FlowProblem problem;
    problem.first.push_back(0);
    problem.latency.assign(layout.end, tree.hop);
    for (const Block& block : layout.blocks) {
        problem.capacity.insert(problem.capacity.end(), 2UL * block.groups * block.parallel,
                                block.rate * tree.port);
    }
    return problem;
}

std::vector<LinkId> way_on(const Tree& tree, std::uint32_t source, std::uint32_t destination,
                           std::uint64_t flow) {
    if (source == destination) return {};
    const Layout layout = layout_of(tree);
    const std::uint64_t hash = mixed_bits(mixed_bits(mixed_bits(source) ^ destination) ^ flow);
    std::vector<LinkId> up, down;
    std::uint32_t from = source;
    std::uint32_t to = destination;
    std::uint32_t link = 0;  // among the parallel ones of a group
    for (std::size_t level = 0; level < layout.blocks.size() && from != to; ++level) {
        const Block& block = layout.blocks[level];
        if (level > 0 && block.parallel > 1) {
            const std::uint32_t below = level > 1 ? layout.blocks[level - 1].parallel : 1;
            link = pick(tree, level - 1, link, std::max(1U, block.parallel / below), destination,
                        hash);
        }
        up.push_back(block.up + from * block.parallel + link);
        down.push_back(block.down + to * block.parallel + link);
        from /= tree.tiers[level].width;
        to /= tree.tiers[level].width;
    }
    up.insert(up.end(), down.rbegin(), down.rend());
    return up;
}

std::string link_name(const Tree& tree, LinkId link) {
    const Layout layout = layout_of(tree);
    std::size_t level = 0;
    while (level + 1 < layout.blocks.size() && link >= layout.blocks[level + 1].up) ++level;
    const Block& block = layout.blocks[level];
    const bool up = link < block.down;
    const LinkId at = link - (up ? block.up : block.down);
    const char* way = up ? "up" : "down";
    if (level == 0) return fmt::format("host {} {}", at, way);
    const std::string group = fmt::format("tier {} group {} {}", level, at / block.parallel, way);
    if (tree.routing == Routing::adaptive) return group + ", all links";
    return group + fmt::format(", link {}", at % block.parallel);
}

std::string describe(const Tree& tree) {
    std::vector<std::string> widths;
    for (const TreeTier& tier : tree.tiers) {
        widths.push_back(tier.oversubscription == 1
                             ? std::to_string(tier.width)
                             : fmt::format("{} ({:g}:1)", tier.width, tier.oversubscription));
    }
    return fmt::format("tree of {} hosts, tiers {} wide, {} a port, {}", tree.hosts,
                       join(widths, ", "), to_text(tree.port), name_of(tree.routing));
}

}  // namespace millwright
