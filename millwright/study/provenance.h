// Which sources an answer rests on, and how much of it rests on estimates.
#pragma once

#include <vector>

#include "millwright/study/study.h"

namespace millwright {

/// A figure of the catalog that the answer used, with its weight: the relative change of dollars
/// per token for a relative change of the figure.
struct UsedInput {
    SourceId source = no_source;
    double weight = 0;
};

/// Inputs of one factory's report: prices by their part of the yearly cost, rates by the
/// sensitivities of the step.
std::vector<UsedInput> used_inputs(const Catalog& catalog, const Scenario& scenario,
                                   const Factory& factory, const FactoryReport& report);

/// Weight of inputs graded estimate over the weight of all.
double estimate_share(const Catalog& catalog, const std::vector<UsedInput>& inputs);

/// Every source cited by the parts of these factories and jobs, each once, in catalog order.
std::vector<Source> sources_of(const Catalog& catalog, const Scenario& scenario);

/// The mean, the same to the last bit in whatever order the values come.
double mean_of(std::vector<double> values);

}  // namespace millwright
