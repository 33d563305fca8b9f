// A fabric given link by link, and shortest ways over it.
#pragma once

#include <map>
#include <string>

#include "network/tree.h"

namespace millwright {

/// Nodes and links; a cable is two links, one each way.
struct EdgeGraph {
    std::vector<std::string> nodes;
    std::map<std::string, std::uint32_t> index;  // of a node by name
    std::vector<std::uint32_t> from, to;         // of each link
    std::vector<Bandwidth> capacity;             // one direction
    std::vector<Seconds> latency;
    std::vector<std::vector<LinkId>> leaving;  // of each node, in the order they were added
};

/// The node of that name, made if it is new.
std::uint32_t node_named(EdgeGraph& graph, const std::string& name);

void add_cable(EdgeGraph& graph, std::uint32_t a, std::uint32_t b, Bandwidth per_direction,
               Seconds latency);

/// Ways with the fewest links to one destination, for many sources.
class ShortestWays {
public:
    ShortestWays(const EdgeGraph& graph, std::uint32_t destination);

    bool reaches(std::uint32_t source) const;

    /// Links in order; at each node that has several ways on, the hash of the flow and the hop
    /// picks one (`ecmp`), or the first added is taken (`single`).
    std::vector<LinkId> way(std::uint32_t source, Routing routing, std::uint64_t flow) const;

private:
    const EdgeGraph& graph_;
    std::uint32_t destination_;
    std::vector<std::uint32_t> distance_;
};

}  // namespace millwright
