// A fabric given link by link, and shortest ways over it.
#pragma once

#include <map>
#include <string>

#include "millwright/fabric/graph.h"

namespace millwright {

/// Nodes and links; a cable is two links, one each way.
struct EdgeGraph {
    std::vector<std::string> nodes;
    std::map<std::string, std::uint32_t> index;  // of a node by name
    std::vector<std::uint32_t> from, to;         // of each link
    std::vector<Bandwidth> capacity;             // one direction; zero: failed
    std::vector<Seconds> latency;
    std::vector<std::vector<LinkId>> leaving;  // of each node, in the order they were added
};

/// The node of that name, made if it is new.
std::uint32_t node_named(EdgeGraph& graph, const std::string& name);

/// Two links of the same rate and latency, from a to b and back. Their ids are 2k and 2k + 1, so
/// `id ^ 1` is the other direction: links are added by this alone.
void add_cable(EdgeGraph& graph, std::uint32_t a, std::uint32_t b, Bandwidth per_direction,
               Seconds latency);

/// Nodes that compute: those whose names are whole numbers, in their order; if there are none,
/// those where one cable ends, as they were added.
std::vector<std::uint32_t> endpoints_of(const EdgeGraph& graph);

/// Endpoints are those of the list; links that have failed are never crossed. At a node with
/// several shortest ways on, the hash of the flow and the node picks one, the first added is taken
/// (`single`), or the flow is spread over all in equal parts at each node (`adaptive`).
FabricGraph graph_of(EdgeGraph edges, const std::vector<std::uint32_t>& endpoints, Routing routing);

}  // namespace millwright
