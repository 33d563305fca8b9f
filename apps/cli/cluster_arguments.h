// Options of a deployment beyond one replica: router, memory below the chips, replicas that start,
// stop and fail.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "millwright/api/cluster_asked.h"

namespace millwright::app {

/// As typed.
struct ClusterArguments {
    std::string router = "round-robin", router_delay, transfer = "layers";
    std::int64_t most_each = 0;
    std::vector<std::string> tiers;
    std::string autoscale, interval, cold_start, settle, mtbf, repair;
};

void add_cluster(CLI::App& command, ClusterArguments& a);

/// What was typed, in types; what cannot be read, or says nothing without another option, becomes
/// faults.
ClusterAsked cluster_of(const ClusterArguments& a, std::uint64_t seed, Faults& faults);

}  // namespace millwright::app
