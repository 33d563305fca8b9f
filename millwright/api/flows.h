// When do flows over shared links arrive?
#pragma once

#include "millwright/api/fabric.h"
#include "millwright/trace/flow_table.h"

namespace millwright {

/// A table of flows, and the fabric that they share. `fabric.server` only names the chips below it:
/// its measured links do not count here.
struct FlowsQuestion {
    CsvTable flows;     // source, destination, bytes, start_s
    std::string table;  // what to call it in faults
    FabricQuestion fabric;
    Symmetry symmetry = Symmetry::on;
};

/// The flows as they were put on the fabric, how full links were, and when each has come, in
/// seconds from the time zero of the table.
struct FlowsAnswer {
    FlowCase flows;
    FlowOutcome outcome;
    std::vector<Seconds> finish;  // of each flow of the table
};

/// Flows of a table take the whole rate of links: they are no collectives, whose efficiency was
/// measured. Faults: cells, names of endpoints, links that are not there, flows that no way leads
/// for, and more flows than there is room for.
Result<FlowsAnswer> flows(const FlowsQuestion& question, const Setting& setting);

}  // namespace millwright
