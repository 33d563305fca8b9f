// A row of a table of serving runs, simulated: its deployment and what came of it.
#pragma once

#include <string>

#include "millwright/evidence/openloop_row.h"
#include "millwright/evidence/serving_row.h"
#include "millwright/serve/simulate.h"

namespace millwright {

/// The replica that so many of a row's workers are, without its layout being judged.
Replica replica_of_row(const ServingRow& row, const RowLayout& layout, const Catalog& catalog);

/// A row simulated. `skipped` says why there is none: no layout of its chips holds the model.
struct ServedRun {
    std::string skipped;
    std::string layout;  // that was planned, where the row has none
    double chips = 0;    // of all replicas
    ServeOutcome outcome;
    double replicas = 1;  // alike; the outcome is of one
};

/// Simulates the row under its load; a layout that is left open is the one that gives most output
/// tokens a second on the row's chips. Same row, same result.
ServedRun run_of_row(const ServingRow& row, const Catalog& catalog);

/// A stage of an open-loop run simulated, its prompts beginning as the stage says they do, from a
/// cold cache.
ServedRun run_of_stage(const OpenLoopRow& row, const Catalog& catalog);

/// What a stage leaves open of its answers, in words.
std::string told_of_answers();

/// A metric of a run, in the unit that it is printed in.
double metric_of(const RowMetric& metric, const ServedRun& run);

/// The row's metric of a run, in the unit that it is printed in.
inline double metric_of(const ServingRow& row, const ServedRun& run) {
    return metric_of(row.metric, run);
}

}  // namespace millwright
