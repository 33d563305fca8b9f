// Deployments whose prompts and answers have replicas of their own.
#pragma once

#include <vector>

#include "millwright/api/deploy_space.h"

namespace millwright {

struct PoolsTried {
    std::int64_t in_space = 0;  // pairs of layouts
    std::int64_t simulated = 0;
    std::vector<Deployment> found;  // that keep the promise
    std::vector<LostDeployment> lost;
    Dollars least_yearly;  // that no two layouts are below in the mean; zero where none do
};

/// Of each server the layouts that in the mean do most for their price, and those that do a prompt
/// fastest, for prompts and for answers, of any two servers. The replicas of a pair grow from what
/// the mean needs, that of the pool which is late, and shrink one by one while the promise is kept.
/// Pairs that even in the mean cost more than what was `found` are not simulated.
PoolsTried try_pools(const DeployQuestion& question, const DeploySpace& space,
                     const std::vector<Deployment>& found, const Setting& setting);

}  // namespace millwright
