// What is said of failures of a training job; what is not said is that of its chip's fleet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "millwright/base/quantity.h"
#include "millwright/parts/failure.h"

namespace millwright {

struct ReliabilityAsked {
    std::optional<double> useful_share;  // of time, in place of all else
    std::string fleet;                   // of the catalog; empty: each chip's own
    std::optional<double> rate_per_1000_nodes_day;
    RecoveryPolicy policy = RecoveryPolicy::restart;  // one of those with a closed form
    std::int64_t replicas = 2;                        // of replica_drop
    std::optional<Seconds> restart, stall, checkpoint_cost, checkpoint_period;
    Seconds repair;
    std::optional<Bandwidth> storage;  // of all chips of a job together
};

}  // namespace millwright
