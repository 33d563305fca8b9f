// Runs of serving engines that were measured, from a table of them or from one log: what a fit of
// an engine's figures predicts again and again.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "millwright/base/csv.h"
#include "millwright/evidence/request_log.h"

namespace millwright {

/// A figure of a run, as printed.
struct RunFigure {
    std::string id, metric;
    MetricForm form = MetricForm::ttft;
    double measured = 0;
};

/// What an engine would print of a run's figures, in their order; none where the deployment cannot
/// be, for the reason `skipped`.
struct RunPrediction {
    std::string skipped;
    std::vector<double> figures;
};

/// A run and the engine that served it. `predict` takes that engine with other figures, and may be
/// called by several threads at once.
struct MeasuredRun {
    const Engine* engine = nullptr;
    std::string model, chip;  // ids
    std::vector<RunFigure> figures;
    std::function<RunPrediction(const Engine&)> predict;
};

/// Runs, and why rows are in none of them.
struct MeasuredRuns {
    std::vector<MeasuredRun> runs;
    std::vector<std::string> skipped;
};

/// Rows of a checked table (columns.h); those that differ in `id`, `metric` and `value` alone are
/// of one run. The result points into the catalog.
MeasuredRuns runs_of_table(const CsvTable& table, const Catalog& catalog);

/// A log is one run, with the figures of figures_of(). It points into the log and the catalog.
MeasuredRuns run_of_requests(const RequestLog& log, const Catalog& catalog);

}  // namespace millwright
