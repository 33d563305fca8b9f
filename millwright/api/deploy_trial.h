// Runs of one deployment, over seeds.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "millwright/api/deploy_space.h"

namespace millwright {

/// The load with the so-manieth seed from the one that was asked for.
RequestsAnew requests_of_seed(const DeploySite& site, std::int64_t seed);

/// Runs over seeds until the side of the promise is known: they stop where the promise is further
/// off than three deviations of their mean. Sets the deployment's seeds and width.
std::vector<ServeOutcome> runs_over_seeds(const DeployQuestion& question,
                                          const std::function<ServeOutcome(std::int64_t)>& run,
                                          Deployment& deployment);

/// What so many chips of it do instead of keeping the promise.
std::string why_late(const Deployment& deployment);

}  // namespace millwright
