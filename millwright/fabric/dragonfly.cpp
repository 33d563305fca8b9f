// Dragonfly+ (Shpiner and others 2017): groups of leaves and spines, spines joined across groups.
//
// Links lie in three blocks of ids. Hosts: 2h up to the leaf of host h, 2h + 1 down from it.
// Leaves: two for each leaf and spine of its group. Global: one for each direction out of a spine,
// by group, spine and place on the spine. The global links of a group are dealt out evenly among
// the other groups; no way uses those that are left over.
//
// Ways are the shortest alone: leaf and spine, one global link, spine and leaf. Detours over a
// third group, which real dragonflies take under load, are left out.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/fabric/topology.h"
#include "millwright/sim/hash.h"

namespace millwright {
namespace {

/// Links from one group to each other; what is left over when they are dealt out evenly, no way
/// uses. None of a group that is alone.
std::uint32_t copies_of(const DragonflyPlus& d) {
    return d.groups > 1 ? d.spines * d.global_links / (d.groups - 1) : 0;
}

class DragonflyLinks {
public:
    DragonflyLinks(const FabricShape& shape, FabricGraph& graph, std::uint8_t tier);

    /// Ways that data is spread over evenly: all where routing is adaptive, else one.
    std::uint32_t choices(std::uint32_t from, std::uint32_t to) const {
        return routing_ == Routing::adaptive ? ways(from, to) : 1;
    }
    /// Pushes the links of one of these, or of the one that routing and the hash of the flow pick.
    void way(std::uint32_t from, std::uint32_t to, std::uint64_t flow, std::uint32_t choice,
             std::vector<LinkId>& links) const;
    /// "host 3 up"; `host` is what to call one.
    std::string name(LinkId link, std::string_view host) const;

private:
    /// Ways that differ by spine within a group, by global link between groups.
    std::uint32_t ways(std::uint32_t from, std::uint32_t to) const;
    void push_way(std::uint32_t from, std::uint32_t to, std::uint32_t choice,
                  std::vector<LinkId>& links) const;
    std::uint32_t group(std::uint32_t host) const { return host / (d_.hosts * d_.leaves); }
    std::uint32_t copies() const { return copies_of(d_); }
    /// Place of a copy among the global links out of group `from`: those to the group after it come
    /// first, round to the group before it. A cable is the channels of one copy from both its
    /// groups, so the spine that a way comes down from is that of the channel back.
    std::uint32_t channel(std::uint32_t from, std::uint32_t to, std::uint32_t copy) const {
        return (to + d_.groups - from - 1) % d_.groups * copies() + copy;
    }
    /// Up from a leaf; down to it is the id after.
    LinkId leaf_link(std::uint32_t leaf, std::uint32_t spine) const {
        return up_ + 2 * (leaf * d_.spines + spine);
    }

    DragonflyPlus d_;
    Routing routing_;
    LinkId first_ = 0, up_ = 0, global_ = 0;  // first ids of all, of leaf and of global links
};

DragonflyLinks::DragonflyLinks(const FabricShape& shape, FabricGraph& graph, std::uint8_t tier)
    : d_(shape.dragonfly),
      routing_(shape.routing),
      first_(static_cast<LinkId>(graph.capacity.size())) {
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

std::uint32_t DragonflyLinks::ways(std::uint32_t from, std::uint32_t to) const {
    if (from / d_.hosts == to / d_.hosts) return 1;
    return group(from) == group(to) ? d_.spines : copies();
}

void DragonflyLinks::push_way(std::uint32_t from, std::uint32_t to, std::uint32_t choice,
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

void DragonflyLinks::way(std::uint32_t from, std::uint32_t to, std::uint64_t flow,
                         std::uint32_t choice, std::vector<LinkId>& links) const {
    if (routing_ == Routing::adaptive) return push_way(from, to, choice, links);
    const std::uint64_t hash = routing_ == Routing::single
                                   ? to + flow
                                   : mixed_bits(mixed_bits(mixed_bits(from) ^ to) ^ flow);
    push_way(from, to, static_cast<std::uint32_t>(hash % ways(from, to)), links);
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

/// Hosts of a leaf and of a group, with all links out of them: what bounds any algorithm. None is
/// as thin as the links between two groups, so closed forms add up every link instead.
std::vector<Near> groups_of(const FabricShape& shape) {
    const DragonflyPlus& d = shape.dragonfly;
    return {{1, shape.port},
            {d.hosts, d.spines * shape.port},
            {d.hosts * d.leaves, d.spines * d.global_links * shape.port}};
}

double hosts_of(const FabricShape& shape) {
    const DragonflyPlus& d = shape.dragonfly;
    return 1.0 * d.hosts * d.leaves * d.groups;
}

Bandwidth port_of(const FabricShape& shape, double) { return shape.port; }

/// Beyond a leaf its hosts share its links to spines, beyond a group the global links of the group
/// to all groups that have ports in use: ways are the shortest alone.
std::vector<Reach> reaches_of(const FabricShape& shape, double ports) {
    const DragonflyPlus& d = shape.dragonfly;
    const double group = 1.0 * d.hosts * d.leaves;
    const double others = std::ceil(ports / group) - 1;
    const double out = others > 0 ? others * copies_of(d) / group : 1;
    return {{1.0 * d.hosts, shape.hop, 1},
            {group, 2 * shape.hop, std::min(1.0, 1.0 * d.spines / d.hosts)},
            {ports, d.global_hop, std::min(1.0, out)}};
}

/// A dragonfly is wired whole: switches of all groups, and only the hosts' cables by what is in
/// use. A global cable counts half in each of its two groups.
FabricCounts counts_of_dragonfly(const FabricShape& shape, double ports, double) {
    const DragonflyPlus& d = shape.dragonfly;
    const double links = 1.0 * d.leaves * d.spines + d.spines * d.global_links / 2.0;
    return {1.0 * d.groups * (d.leaves + d.spines), ports + d.groups * links};
}

double radix_of_dragonfly(const FabricShape& shape) {
    const DragonflyPlus& d = shape.dragonfly;
    return std::max(1.0 * d.hosts + d.spines, 1.0 * d.leaves + d.global_links);
}

std::vector<std::string> tiers_of(const FabricShape&) {
    return {"ports", "leaf to spine", "between groups"};
}

PlaneLinks plane_of(const FabricShape& shape, std::uint32_t, FabricGraph& graph,
                    std::uint8_t tier) {
    const DragonflyLinks all(shape, graph, tier);
    const auto choices = [all](std::uint32_t from, std::uint32_t to) {
        return all.choices(from, to);
    };
    const auto way = [all](std::uint32_t from, std::uint32_t to, std::uint64_t flow,
                           std::uint32_t choice,
                           std::vector<LinkId>& links) { all.way(from, to, flow, choice, links); };
    const auto name = [all](LinkId link, std::string_view port) { return all.name(link, port); };
    return {choices, way, name, [](LinkId) { return 1.0; }};
}

FabricGraph dragonfly_graph(const FabricShape& shape) {
    FabricGraph graph;
    be_plane(graph, plane_of(shape, shape.endpoints, graph, 0), "host");
    graph.tiers = tiers_of(shape);
    graph.near = groups_of(shape);
    graph.by_links = true;  // groups are joined by a few of their links each
    const DragonflyPlus& d = shape.dragonfly;
    graph.description =
        fmt::format("dragonfly+ of {} groups, {} leaves and {} spines each, {} a port", d.groups,
                    d.leaves, d.spines, to_text(shape.port));
    return graph;
}

}  // namespace

template <>
TopologyRow topology_row<FabricKind::dragonfly_plus>() {
    return {FabricKind::dragonfly_plus,
            true,
            hosts_of,
            port_of,
            reaches_of,
            counts_of_dragonfly,
            radix_of_dragonfly,
            tiers_of,
            plane_of,
            dragonfly_graph};
}

}  // namespace millwright
