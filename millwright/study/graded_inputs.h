// Figures of the catalog that nobody gave a range: how wide their grades make them.
#pragma once

#include <vector>

#include "millwright/study/uncertain_inputs.h"

namespace millwright {

/// Four in five lie within this factor of a figure that nobody gave a range, up and down: a
/// judgement of what the grades are worth.
double factor_of(Grade grade);

/// The heaviest figures of money, power and failures that the study's answers rest on (what
/// kernels, links and frameworks do is within the bands of predictions), and those that stand in
/// for what [books] leaves out; of nil and unknown ones none. Heaviest first, then as [books] has
/// them; each a lognormal about what it is, cut where it cannot be.
std::vector<UncertainInput> graded_inputs(const ScenarioText& text, const Catalog& catalog,
                                          const Study& study);

}  // namespace millwright
