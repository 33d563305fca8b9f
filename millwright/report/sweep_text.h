// An answer of `sweep` in words and a table.
#pragma once

#include <optional>
#include <string>

#include "millwright/api/sweep.h"

namespace millwright {

/// The answer in a sentence or a few, then a row for each point, factory and job, as many as fit a
/// screen, and why points cannot be.
std::string sweep_text(const SweepAnswer& answer);

/// The sentences alone, as one line: what the first metric that moves is where each path begins and
/// ends, the others at their first values, where it is best, and where another factory ranks best.
std::string sweep_sentence(const SweepAnswer& answer);

/// A figure as people are told it; a dash where there is none.
std::string shown_figure(const SweepMetric& metric, const std::optional<double>& figure);

}  // namespace millwright
