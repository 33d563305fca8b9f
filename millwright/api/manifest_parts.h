// What manifests of stacks are made of: one replica as containers see it, and the writer of each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millwright/api/launch_nodes.h"
#include "millwright/api/manifest.h"
#include "millwright/parts/stack.h"

namespace millwright {

/// Where a container finds its file of options.
inline constexpr std::string_view options_folder = "/etc/engine";

/// `options`: lines of the file of options, empty where the command names none.
struct ReplicaSpec {
    std::string name, model;
    std::vector<std::string> program, arguments;
    std::string options;
    EngineLaunch launch;
    ServeWays ways;
    NodeSplit split;
    std::int64_t replicas = 1;
};

/// A DynamoGraphDeployment: a frontend and the replicas behind it. Its operator tells the servers
/// of a replica of each other.
std::vector<Manifest> dynamo_manifests(const Stack& stack, const ReplicaSpec& spec);

/// A Deployment, or a LeaderWorkerSet where a replica takes several servers, and the values of the
/// router's chart.
std::vector<Manifest> llm_d_manifests(const Stack& stack, const ReplicaSpec& spec);

}  // namespace millwright
