// The requests of a log served again: on the deployment that they were served by, at their times.
#pragma once

#include <string>
#include <vector>

#include "millwright/evidence/request_log.h"
#include "millwright/evidence/served_run.h"

namespace millwright {

inline constexpr double ms_of_second = 1e3;

/// A figure of a whole log: a statistic of its requests, or its makespan, as printed.
struct LogFigure {
    std::string name;  // such as ttft_ms_p90
    RowMetric metric;  // of the makespan a latency in seconds
    bool makespan = false;
    double measured = 0;  // zero where no request has it
};

/// Mean, p50, p90 and p99 of `ttft_ms`, `tpot_ms` and `latency_ms`, and `makespan_s`.
std::vector<LogFigure> figures_of(const RequestLog& log);

/// The figure of a run, in the unit that it is measured in.
double figure_of(const LogFigure& figure, const ServedRun& run);

/// Replays a log on its deployment (deployment_of), which is not skipped and whose engine may be
/// another; `each`, if there is one, gets every request. Times are of the engine, so its front end
/// counts nothing. `skipped` says why the deployment cannot be.
ServedRun run_of_log(const RequestLog& log, const ServingRow& deployment, const Catalog& catalog,
                     std::vector<ServedRequest>* each = nullptr);

}  // namespace millwright
