// A way is found backwards: distances from the destination, by breadth-first search as far out as
// the source, and then links to ever nearer nodes. A destination costs O(nodes + links) once, a way
// of it O(its length x links of a node) more. All-to-alls ask for the same destinations again and
// again, and tables for all would take the square of the nodes, so a bounded number is kept.
#include "millwright/fabric/edges.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <unordered_map>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/sim/hash.h"

namespace millwright {
namespace {

constexpr std::uint32_t unreached = std::numeric_limits<std::uint32_t>::max();

/// How far nodes are from one destination, found outwards as far as was asked.
class Distances {
public:
    /// Forgets what was found, at the cost of the nodes that were.
    void start(std::uint32_t destination, std::size_t nodes) {
        for (const std::uint32_t node : found_) distance_[node] = unreached;
        distance_.resize(nodes, unreached);
        found_.assign(1, destination);
        distance_[destination] = 0;
        next_ = 0;
    }

    /// The distance of a node, and by then of all that are nearer.
    std::uint32_t to(const EdgeGraph& graph, std::uint32_t node) {
        // cables go both ways, so links that leave the destination's side lead back to the sources
        for (; next_ < found_.size() && distance_[node] == unreached; ++next_) {
            const std::uint32_t at = found_[next_];
            for (const LinkId link : graph.leaving[at]) {
                const std::uint32_t next = graph.to[link];
                const bool dead = graph.capacity[link ^ 1U] <= Bandwidth{};
                if (dead || distance_[next] != unreached) continue;
                distance_[next] = distance_[at] + 1;
                found_.push_back(next);
            }
        }
        return distance_[node];
    }

    std::uint32_t of(std::uint32_t node) const { return distance_[node]; }

private:
    std::vector<std::uint32_t> distance_, found_;
    std::size_t next_ = 0;  // of those found, whose neighbours come next
};

/// Distances from the destinations that were asked last, as many as memory is set aside for.
class Tables {
public:
    // a node costs a table two numbers of 32 bits; two tables at least, whatever they take
    explicit Tables(std::size_t nodes)
        : nodes_(nodes), most_(std::clamp<std::size_t>(memory / (8 * (nodes + 1)), 2, 65'536)) {}

    /// The table of a destination; valid until the next one is asked for. When all are taken, the
    /// one that was begun first is given up.
    Distances& towards(std::uint32_t destination) {
        const auto at = place_of_.find(destination);
        if (at != place_of_.end()) return tables_[at->second].distances;
        std::size_t place = tables_.size();
        if (place < most_) {
            tables_.emplace_back();
        } else {
            place = oldest_++ % most_;
            place_of_.erase(tables_[place].destination);
        }
        tables_[place].destination = destination;
        tables_[place].distances.start(destination, nodes_);
        place_of_[destination] = place;
        return tables_[place].distances;
    }

private:
    static constexpr std::size_t memory = 256UL << 20U;

    struct Table {
        std::uint32_t destination = 0;
        Distances distances;
    };

    std::size_t nodes_;
    std::size_t most_;        // tables
    std::size_t oldest_ = 0;  // of them
    std::vector<Table> tables_;
    std::unordered_map<std::uint32_t, std::size_t> place_of_;
};

/// Links on from a node of ways that are not all taken yet.
struct Fork {
    std::vector<LinkId> next;
    std::size_t taken = 0;
    double share = 1;
};

/// Links from a node to those that are nearer.
std::vector<LinkId> nearer(const EdgeGraph& edges, const Distances& distances, std::uint32_t node) {
    std::vector<LinkId> links;
    for (const LinkId link : edges.leaving[node]) {
        const bool dead = edges.capacity[link] <= Bandwidth{};
        const std::uint32_t rest = distances.of(edges.to[link]);
        if (!dead && rest != unreached && rest + 1 == distances.of(node)) links.push_back(link);
    }
    return links;
}

/// Ways that were left out leave their shares to the others; after a thousand forks these are too
/// small for numbers, and alike.
void share_out(Ways& ways, std::size_t before) {
    constexpr double least = 1e-290;
    double sum = 0;
    for (std::size_t i = before; i < ways.count(); ++i) sum += ways.share[i];
    const double even = 1 / static_cast<double>(ways.count() - before);
    for (std::size_t i = before; i < ways.count(); ++i) {
        ways.share[i] = sum > least ? ways.share[i] / sum : even;
    }
}

/// All shortest ways, up to a number that no sane fabric needs.
void spread(const EdgeGraph& edges, const Distances& distances, std::uint32_t source,
            const std::vector<LinkId>& last, Ways& ways) {
    // a graph of many diamonds in a row has exponentially many: the first so many stand for all
    constexpr std::size_t most = 256;
    std::vector<LinkId> way;
    // depth first; `way` and `forks` are the links and the forks from the source to `node`
    std::vector<Fork> forks;
    std::uint32_t node = source;
    double share = 1;
    const std::size_t before = ways.count();
    for (;;) {
        if (distances.of(node) == 0) {
            ways.links.insert(ways.links.end(), way.begin(), way.end());
            ways.links.insert(ways.links.end(), last.begin(), last.end());
            ways.close(share);
        } else {
            Fork fork{.next = nearer(edges, distances, node)};
            fork.share = share / static_cast<double>(fork.next.size());
            forks.push_back(std::move(fork));
            way.push_back(0);
        }
        const bool enough = ways.count() - before == most;
        while (!forks.empty() && (enough || forks.back().taken == forks.back().next.size())) {
            forks.pop_back();
            way.pop_back();
        }
        if (forks.empty()) break;
        Fork& fork = forks.back();
        way.back() = fork.next[fork.taken++];
        node = edges.to[way.back()];
        share = fork.share;
    }
    if (ways.count() - before == most) share_out(ways, before);
}

/// Shortest ways. A destination on a single cable is reached over its neighbour, so all that hang
/// on one switch share its distances; those of the destinations asked last are kept.
class ShortestWays {
public:
    ShortestWays(EdgeGraph edges, std::vector<std::uint32_t> endpoints, Routing routing)
        : edges_(std::move(edges)),
          endpoints_(std::move(endpoints)),
          routing_(routing),
          tables_(edges_.nodes.size()) {}

    void route(std::uint32_t from, std::uint32_t to, std::uint64_t flow, Ways& ways) {
        const std::uint32_t source = endpoints_[from];
        std::uint32_t destination = endpoints_[to];
        if (source == destination) return ways.close();
        const std::vector<LinkId>& cables = edges_.leaving[destination];
        std::vector<LinkId> last;
        // endpoints of one switch differ in their last link alone: `^ 1` is the cable's other link
        if (cables.size() == 1) {
            last.push_back(cables[0] ^ 1U);
            if (edges_.capacity[last[0]] <= Bandwidth{}) return;
            destination = edges_.from[last[0]];
        }
        Distances& distances = tables_.towards(destination);
        if (distances.to(edges_, source) == unreached) return;
        if (routing_ == Routing::adaptive) return spread(edges_, distances, source, last, ways);
        // of both ends: a sender's flows to all others are as many flows, not one
        const std::uint64_t pair = mixed_bits(mixed_bits(mixed_bits(from) ^ to) ^ flow);
        std::uint32_t hop = 0;
        for (std::uint32_t node = source; distances.of(node) > 0; ++hop) {
            const std::vector<LinkId> next = nearer(edges_, distances, node);
            const std::uint64_t hash =
                mixed_bits(pair ^ (static_cast<std::uint64_t>(hop) << 32U) ^ node);
            ways.links.push_back(next[routing_ == Routing::single ? 0 : hash % next.size()]);
            node = edges_.to[ways.links.back()];
        }
        ways.links.insert(ways.links.end(), last.begin(), last.end());
        ways.close();
    }

    std::string name(LinkId link) const {
        return edges_.nodes[edges_.from[link]] + " to " + edges_.nodes[edges_.to[link]];
    }

private:
    EdgeGraph edges_;
    std::vector<std::uint32_t> endpoints_;
    Routing routing_;
    Tables tables_;
};

}  // namespace

std::uint32_t node_named(EdgeGraph& graph, const std::string& name) {
    const auto [at, is_new] = graph.index.emplace(name, narrow<std::uint32_t>(graph.nodes.size()));
    if (is_new) {
        graph.nodes.push_back(name);
        graph.leaving.emplace_back();
    }
    return at->second;
}

void add_cable(EdgeGraph& graph, std::uint32_t a, std::uint32_t b, Bandwidth per_direction,
               Seconds latency) {
    for (const auto& [from, to] : {std::pair(a, b), std::pair(b, a)}) {
        graph.leaving[from].push_back(static_cast<LinkId>(graph.from.size()));
        graph.from.push_back(from);
        graph.to.push_back(to);
        graph.capacity.push_back(per_direction);
        graph.latency.push_back(latency);
    }
}

std::vector<std::uint32_t> endpoints_of(const EdgeGraph& graph) {
    std::vector<std::pair<double, std::uint32_t>> numbered;
    std::vector<std::uint32_t> leaves;
    for (std::uint32_t node = 0; node < graph.nodes.size(); ++node) {
        const auto number = number_of(graph.nodes[node]);
        if (number) numbered.emplace_back(*number, node);
        if (graph.leaving[node].size() == 1) leaves.push_back(node);
    }
    if (numbered.empty()) return leaves;
    std::ranges::sort(numbered);
    std::vector<std::uint32_t> nodes;
    for (const auto& [number, node] : numbered) nodes.push_back(node);
    return nodes;
}

FabricGraph graph_of(EdgeGraph edges, const std::vector<std::uint32_t>& endpoints,
                     Routing routing) {
    FabricGraph graph;
    graph.endpoints = narrow<std::uint32_t>(endpoints.size());
    graph.routing = routing;
    graph.capacity = edges.capacity;
    graph.latency = edges.latency;
    graph.tier.assign(edges.capacity.size(), 0);
    graph.tiers = {"cables"};
    // bounds what an endpoint sends, so the widest of them: cuts of other sizes are not known
    Bandwidth out;
    for (const std::uint32_t node : endpoints) {
        Bandwidth own;
        for (const LinkId link : edges.leaving[node]) own += edges.capacity[link];
        out = max(out, own);
    }
    graph.near = {{1, out}};
    graph.by_links = true;
    graph.description =
        fmt::format("{} nodes, {} cables", edges.nodes.size(), edges.from.size() / 2);
    const auto ways = std::make_shared<ShortestWays>(std::move(edges), endpoints, routing);
    graph.route = [ways](std::uint32_t from, std::uint32_t to, std::uint64_t flow, Ways& into) {
        ways->route(from, to, flow, into);
    };
    graph.name = [ways](LinkId link) { return ways->name(link); };
    graph.parallel = [](LinkId) { return 1.0; };
    return graph;
}

}  // namespace millwright
