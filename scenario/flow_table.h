// Tables of flows and of links, as problems for the flow engine.
#pragma once

#include "base/csv.h"
#include "base/result.h"
#include "network/edges.h"

namespace millwright {

/// Flows on a fabric, with names of ends and links for people.
struct FlowCase {
    FlowProblem problem;
    std::vector<std::string> source, destination;  // of each flow
    std::vector<std::string> link_names;           // empty for a fat tree: see `tree`
    Clos tree;                                     // without hosts where the fabric is a graph
    std::string fabric;                            // in words
};

/// Columns source, destination (host numbers from 0), bytes, start_s. The tree has three tiers,
/// does not block, is built of the smallest switches of 64, 128 and 144 ports that reach the
/// largest number, one port of 50 GB/s a host, 500 ns a hop.
Result<FlowCase> flows_on_fat_tree(const CsvTable& flows, Routing routing);

/// `cables`: columns from, to, capacity_GBps (one direction), latency_s; names of nodes are those
/// of the flows' sources and destinations. Routing is single or ecmp over shortest ways.
Result<FlowCase> flows_on_cables(const CsvTable& flows, const CsvTable& cables, Routing routing);

/// The name of a link.
std::string link_name(const FlowCase& flows, LinkId link);

}  // namespace millwright
