// The most traffic that chips keep, and what one more server would add to it.
#pragma once

#include <vector>

#include "millwright/api/deploy_space.h"

namespace millwright {

struct MostTried {
    std::int64_t simulated = 0;
    std::vector<Deployment> found;
    std::vector<LostDeployment> lost;
};

/// Of each candidate the highest rate that as many replicas as there are chips for keep, the most
/// first. What in the mean serves less than another was found to serve is not simulated.
MostTried most_traffic(const DeployQuestion& question, const DeploySpace& space,
                       const Setting& setting);

/// One more of each server that the question names, or as many as hold a replica; the most traffic
/// for a dollar first.
Result<std::vector<ExtraServers>> extra_servers(const DeployQuestion& question,
                                                const Setting& setting);

}  // namespace millwright
