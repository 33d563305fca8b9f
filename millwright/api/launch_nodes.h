// A replica on several servers: how it lies on them, and the command of each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/parts/engine.h"
#include "millwright/parts/server.h"
#include "millwright/serve/replica.h"

namespace millwright {

/// So many chips of each of so many servers, as operating systems see them.
struct NodeSplit {
    std::int64_t nodes = 1, local = 1;
};

/// Chips of one operating system of the server.
double host_chips(const Server& server);

/// As few servers as hold it in even parts that are whole stages, or even parts of one.
NodeSplit split_over_nodes(const ServeWays& ways, double host_chips);

/// What a command calls itself and the first server.
struct NodeNames {
    std::string head, rank, start;  // the last: of its first attention rank
    bool first = true;
};

/// Why the engine has no command for it, empty where it has.
std::string node_obstacle(const EngineLaunch& launch, const ServeWays& ways, NodeSplit split);

/// Attention ranks of each server where they are told to the engine; else zero.
std::int64_t local_ranks(const EngineLaunch& launch, const ServeWays& ways, NodeSplit split);

/// The command of one server, of the engine's command for the replica; there is no obstacle.
std::string node_command(const EngineLaunch& launch, const std::string& command,
                         const ServeWays& ways, NodeSplit split, const NodeNames& names);

/// The commands of all servers, by rank; of HEAD_ADDRESS, the address of the first. One where one
/// command starts all.
std::vector<std::string> node_commands(const EngineLaunch& launch, const std::string& command,
                                       const ServeWays& ways, NodeSplit split);

}  // namespace millwright
