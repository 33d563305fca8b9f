// Figures of a study that a sweep is told in: one of a factory, or of a job of one kind.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "millwright/study/study.h"

namespace millwright {

/// A figure by the key that study.json has for it, with its unit in the key.
struct SweepMetric {
    std::string_view name;
    std::string_view doc;         // completes "it is"
    std::optional<JobKind> kind;  // of jobs that have it; nothing: it is of the factory
    bool more = false;            // is better
    bool share = false;           // of one, told in per cent
    Dimension dimension;          // told with its unit; none of what the key says it all
    // in the unit of the key; nothing where there is none
    std::optional<double> (*value)(const FactoryReport& factory, const JobReport& job);
};

/// All of them.
std::span<const SweepMetric> sweep_metrics();

/// Whether a job of that kind has the figure; one of the factory every job has.
inline bool has_metric(JobKind kind, const SweepMetric& metric) {
    return !metric.kind || *metric.kind == kind;
}

}  // namespace millwright
