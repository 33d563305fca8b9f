// Dragonfly+ (Shpiner and others 2017): groups of leaves and spines, spines joined across groups.
#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/fabric/dragonfly.h"
#include "millwright/sim/hash.h"

namespace millwright {

DragonflyLinks::DragonflyLinks(const FabricShape& shape, FabricGraph& graph, std::uint8_t tier)
    : d_(shape.dragonfly), first_(static_cast<LinkId>(graph.capacity.size())) {
    const std::uint32_t leaves = d_.groups * d_.leaves;
    up_ = first_ + 2 * leaves * d_.hosts;
    global_ = up_ + 2 * leaves * d_.spines;
    const std::uint32_t end = global_ + d_.groups * d_.spines * d_.global_links;
    graph.capacity.resize(end, shape.port);
    graph.latency.resize(global_, shape.hop);
    graph.latency.resize(end, d_.global_hop);
    graph.tier.resize(up_, tier);
    graph.tier.resize(global_, static_cast<std::uint8_t>(tier + 1));
    graph.tier.resize(end, static_cast<std::uint8_t>(tier + 2));
}

std::uint32_t DragonflyLinks::choices(std::uint32_t from, std::uint32_t to) const {
    if (from / d_.hosts == to / d_.hosts) return 1;
    return group(from) == group(to) ? d_.spines : copies();
}

void DragonflyLinks::way(std::uint32_t from, std::uint32_t to, std::uint32_t choice,
                         std::vector<LinkId>& links) const {
    if (from == to) return;
    links.push_back(first_ + 2 * from);
    const std::uint32_t leaf = from / d_.hosts;
    const std::uint32_t last = to / d_.hosts;
    if (leaf != last && group(from) == group(to)) {
        links.push_back(leaf_link(leaf, choice));
        links.push_back(leaf_link(last, choice) + 1);
    } else if (leaf != last) {
        const std::uint32_t out = channel(group(from), group(to), choice);
        const std::uint32_t in = channel(group(to), group(from), choice);
        links.push_back(leaf_link(leaf, out / d_.global_links));
        links.push_back(global_ + group(from) * d_.spines * d_.global_links + out);
        links.push_back(leaf_link(last, in / d_.global_links) + 1);
    }
    links.push_back(first_ + 2 * to + 1);
}

void DragonflyLinks::picked_way(std::uint32_t from, std::uint32_t to, Routing routing,
                                std::uint64_t flow, std::vector<LinkId>& links) const {
    const std::uint64_t hash =
        routing == Routing::single ? to : mixed_bits(mixed_bits(mixed_bits(from) ^ to) ^ flow);
    way(from, to, static_cast<std::uint32_t>(hash % choices(from, to)), links);
}

std::string DragonflyLinks::name(LinkId link, std::string_view host) const {
    const char* way = (link - first_) % 2 == 0 ? "up" : "down";
    if (link < up_) return fmt::format("{} {} {}", host, (link - first_) / 2, way);
    if (link < global_) {
        const LinkId at = (link - up_) / 2;
        return fmt::format("leaf {} {}, spine {}", at / d_.spines,
                           (link - up_) % 2 == 0 ? "up" : "down", at % d_.spines);
    }
    const LinkId at = link - global_;
    const std::uint32_t of_group = d_.spines * d_.global_links;
    return fmt::format("group {} spine {} global {}", at / of_group,
                       at % of_group / d_.global_links, at % d_.global_links);
}

namespace {

std::vector<Near> groups_of(const FabricShape& shape) {
    const DragonflyPlus& d = shape.dragonfly;
    return {{1, shape.port},
            {d.hosts, d.spines * shape.port},
            {d.hosts * d.leaves, d.spines * d.global_links * shape.port}};
}

}  // namespace

FabricGraph dragonfly_graph(const FabricShape& shape) {
    FabricGraph graph;
    const DragonflyLinks links(shape, graph, 0);
    graph.tiers = {"ports", "leaf to spine", "between groups"};
    graph.near = groups_of(shape);
    graph.by_links = true;  // groups are joined by a few of their links each
    graph.route = [links, routing = shape.routing](std::uint32_t from, std::uint32_t to,
                                                   std::uint64_t flow, Ways& ways) {
        const std::uint32_t choices = links.choices(from, to);
        if (routing == Routing::adaptive) {
            for (std::uint32_t i = 0; i < choices; ++i) {
                links.way(from, to, i, ways.links);
                ways.close(1.0 / choices);
            }
            return;
        }
        links.picked_way(from, to, routing, flow, ways.links);
        ways.close();
    };
    graph.name = [links](LinkId link) { return links.name(link, "host"); };
    graph.parallel = [](LinkId) { return 1.0; };
    const DragonflyPlus& d = shape.dragonfly;
    graph.description =
        fmt::format("dragonfly+ of {} groups, {} leaves and {} spines each, {} a port", d.groups,
                    d.leaves, d.spines, to_text(shape.port));
    return graph;
}

}  // namespace millwright
