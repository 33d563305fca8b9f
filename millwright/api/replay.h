// How long does a recorded step take on a fabric?
#pragma once

#include <map>

#include "millwright/api/fabric.h"
#include "millwright/trace/trace_program.h"

namespace millwright {

struct ReplayQuestion {
    std::vector<std::string> folders;  // a job each
    std::string chip;                  // that computes; empty: durations of the trace
    FabricQuestion fabric;
    TraceOptions options;  // of all jobs; the fabric's channels and their places are filled in
    bool spread = false;   // ranks of several jobs take turns on the endpoints
    Symmetry symmetry = Symmetry::on;
};

/// Exchanges of one kind together.
struct ExchangeKind {
    double count = 0;
    Bytes bytes;
    Seconds sum, longest, waited;
};

struct ReplayAnswer {
    FabricAnswer fabric;
    ProgramOutcome outcome;
    std::map<std::string, ExchangeKind> kinds;  // by name; messages are one

    /// What a link carried over what it could have.
    double load(LinkId link) const;
};

Result<ReplayAnswer> replay(const ReplayQuestion& question, const Setting& setting);

}  // namespace millwright
