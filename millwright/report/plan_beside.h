// A pinned plan beside the best of all.
#pragma once

#include <string>

#include "millwright/api/plan.h"

namespace millwright {

/// What the best of all plans is, how much faster its step is than that of the plan that is shown,
/// and a table of the parts that differ, which sum to the difference. Nothing where all plans were
/// searched, or where the shown one is the best.
std::string beside_best_text(const PlanAnswer& answer);

}  // namespace millwright
