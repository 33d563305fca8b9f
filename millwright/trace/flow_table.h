// Tables of flows and of cables.
#pragma once

#include "millwright/base/csv.h"
#include "millwright/base/result.h"
#include "millwright/fabric/edges.h"
#include "millwright/fabric/shape.h"

namespace millwright {

/// Flows on a fabric, ready to run. A flow that is spread over several ways is several of the
/// problem, each with its share of the bytes, and as much of a share of links.
struct FlowCase {
    FabricGraph graph;
    FlowProblem problem;
    std::vector<std::string> source, destination;  // of each flow of the table
    std::vector<std::uint32_t> first;              // of each in the problem, and the end
};

/// Columns source, destination (endpoints from 0), bytes, start_s; the fabric reaches to the
/// largest number. `shape` may hold more endpoints, and how many it has is not read. All faults of
/// the table at once, or those of its degraded links, or of flows that no way leads for.
Result<FlowCase> flows_on_shape(const CsvTable& flows, FabricShape shape);

/// `cables`: columns from, to, capacity_GBps (one direction), latency_s; names of nodes are those
/// of the flows' sources and destinations. Every node may send.
Result<FlowCase> flows_on_cables(const CsvTable& flows, const CsvTable& cables, Routing routing,
                                 const std::vector<Degraded>& degraded);

/// Cables that a list has at most.
constexpr std::size_t most_cables = 1'000'000;

/// The cables of a table, those of the list lowered. A name of the list is a link's ("A to B"), or
/// a node's for all its links; one that is none is a fault, as is a cable from a node to itself.
Result<EdgeGraph> read_cables(const CsvTable& cables, const std::vector<Degraded>& degraded);

/// When the last part of each flow arrives, by flow of the table.
std::vector<Seconds> finish_of(const FlowCase& flows, const FlowOutcome& outcome);

/// The graph of a shape; a fault for each link that it degrades and does not have, with names of
/// links that it has.
Result<FabricGraph> checked_graph(const FabricShape& shape);

}  // namespace millwright
