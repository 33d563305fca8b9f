// Which figures of the catalog an answer rests on, how much on each, and how much on estimates.
//
// Every figure of every part that a factory reaches by name is made one per cent smaller in turn,
// and the best plans are priced again: what moves is what the answer rests on. No list of figures
// and no words of a ledger stand between a figure and its weight.
#pragma once

#include <vector>

#include "millwright/study/study.h"

namespace millwright {

/// Figures of one factory's report with weights above zero, heaviest first. The report's plans and
/// replicas are kept, all else is resolved and priced again. The same for any number of threads.
std::vector<UsedFigure> used_figures(const Catalog& catalog, const Scenario& scenario,
                                     const Factory& factory, const FactoryReport& report,
                                     int threads);

/// Weight of figures graded estimate over the weight of all.
double estimate_share(const std::vector<UsedFigure>& figures);

/// Every source that the study's answers rest on, heaviest first: of figures with a weight, the
/// mean of their sums over the factories; of counts (such as layers and chips of a server), of
/// models and of the rules that decided, whose weights are zero: nothing lies between two counts.
std::vector<UsedSource> used_sources(const Catalog& catalog, const Scenario& scenario,
                                     const std::vector<FactoryReport>& factories);

/// The mean, the same to the last bit in whatever order the values come.
double mean_of(std::vector<double> values);

}  // namespace millwright
