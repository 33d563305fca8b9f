// When do flows over shared links arrive?
#pragma once

#include "millwright/api/fabric.h"
#include "millwright/trace/flow_table.h"

namespace millwright {

struct FlowsQuestion {
    CsvTable flows;     // source, destination, bytes, start_s
    std::string table;  // what to call it in faults
    FabricQuestion fabric;
    Symmetry symmetry = Symmetry::on;
};

struct FlowsAnswer {
    FlowCase flows;
    FlowOutcome outcome;
    std::vector<Seconds> finish;  // of each flow of the table
};

/// Flows of a table take the whole rate of links: they are no collectives, whose efficiency was
/// measured.
Result<FlowsAnswer> flows(const FlowsQuestion& question, const Setting& setting);

}  // namespace millwright
