// The smallest factory that holds a job.
#pragma once

#include "millwright/factory/factory.h"
#include "millwright/search/search.h"

namespace millwright {

/// Chips of the fewest whole servers of this factory's kind that hold the job, checked by a search
/// of the plans of so many; zero if no number up to ten million does, or it cannot be wired.
std::int64_t fewest_that_hold(const Catalog& catalog, const Factory& factory,
                              const TrainContext& context, const SpaceLimits& limits);

}  // namespace millwright
