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
    Tree tree;                                     // without hosts where the fabric is a graph
    std::string fabric;                            // in words
};

/// Columns source, destination (host numbers from 0), bytes, start_s; on the tree of
/// `fat_tree_of`, sized to the largest number.
Result<FlowCase> flows_on_fat_tree(const CsvTable& flows, Routing routing);

/// The same on a tree of one's own, whose hosts reach to the largest number.
Result<FlowCase> flows_on_tree(const CsvTable& flows, Tree tree);

/// `cables`: columns from, to, capacity_GBps (one direction), latency_s; names of nodes are those
/// of the flows' sources and destinations. Routing is single or ecmp over shortest ways.
Result<FlowCase> flows_on_cables(const CsvTable& flows, const CsvTable& cables, Routing routing);

/// The name of a link.
std::string link_name(const FlowCase& flows, LinkId link);

}  // namespace millwright
