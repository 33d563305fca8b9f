// How long does a recorded step take on a fabric?
#pragma once

#include <map>

#include "millwright/api/fabric.h"
#include "millwright/trace/trace_program.h"

namespace millwright {

/// Folders of Chakra traces, side by side on one fabric, which is sized to all of their ranks.
/// Without `spread` a job has the endpoints behind those of the job before.
struct ReplayQuestion {
    std::vector<std::string> folders;  // a job each
    std::string chip;                  // that computes; empty: durations of the trace
    FabricQuestion fabric;
    TraceOptions options;  // of all jobs; the fabric's channels and their places are filled in
    bool spread = false;   // ranks of several jobs take turns on the endpoints
    Symmetry symmetry = Symmetry::on;
};

/// Exchanges of one kind together: how many, their bytes, their times from start to end summed and
/// the longest, and how long the first of the ranks waited for the last, summed.
struct ExchangeKind {
    double count = 0;
    Bytes bytes;
    Seconds sum, longest, waited;
};

/// Actors of `outcome` are the ranks of all jobs, job after job.
struct ReplayAnswer {
    FabricAnswer fabric;
    ProgramOutcome outcome;
    std::map<std::string, ExchangeKind> kinds;  // by name; messages are one

    /// What a link carried over what it could have carried in the whole time, a share; zero where
    /// no time passed.
    double load(LinkId link) const;
};

/// Faults: names, files and nodes of the traces, ranks that a trace does not allow, nodes that wait
/// for each other for ever, links whose failure cuts ranks off, and more flows than there is room
/// for.
Result<ReplayAnswer> replay(const ReplayQuestion& question, const Setting& setting);

}  // namespace millwright
