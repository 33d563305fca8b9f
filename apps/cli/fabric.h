// Fabrics, collectives, flows and replays on the command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/cli/commands.h"
#include "millwright/api/fabric.h"

namespace CLI {
class App;
}

namespace millwright::app {

/// Which fabric, and what of it is broken.
struct FabricArguments {
    std::string fabric, server, routing = "ecmp";
    std::vector<std::string> degrade;  // NAME or NAME=SHARE
    bool ideal = false;                // links take their whole rate, whatever was measured
};

/// The same as a question; reads the table of cables, where the fabric's name ends in .csv. Throws
/// for a share that is none. Names are looked up later, by the question.
FabricQuestion question_of(const FabricArguments& arguments);

/// Writes what each link carried in so long: link, tier, capacity_GBps, bytes, load. Throws where
/// the path names no file or cannot be written; folders above it are made.
void write_link_table(const std::string& path, const FabricGraph& graph,
                      const std::vector<Bytes>& carried, Seconds time);

/// What of the links to tell: how many, the busiest first (0: all), and all of them to a file.
struct LinkArguments {
    std::size_t shown = 20;
    std::string table;  // file; none if empty
};

/// millwright collective: time and bandwidth of one collective, or of a sweep of sizes and ranks.
/// `group` zero: all ranks are one.
struct CollectiveArguments {
    std::string op, algorithm = "auto", engine = "closed", traffic;
    std::vector<std::string> sizes;
    std::vector<std::int64_t> ranks;
    std::int64_t group = 0, stride = 1;
    bool no_symmetry = false;
    FabricArguments fabric;
};
int collective_command(const CollectiveArguments& arguments, const Common& common);

/// millwright flows: when each flow of a table arrives, and what the links carry.
struct FlowsArguments {
    std::string table;
    LinkArguments links;
    bool no_symmetry = false;
    FabricArguments fabric;
};
int flows_command(const FlowsArguments& arguments, const Common& common);

/// millwright replay: Chakra execution traces on a fabric, a job a folder. `ranks` zero: those of
/// the trace; `eager` is a size with its unit, or "0".
struct ReplayArguments {
    std::vector<std::string> folders;
    std::string chip, eager = "4 MiB";
    std::int64_t ranks = 0;
    std::vector<std::int64_t> dimensions;
    double work_scale = 1;
    LinkArguments links{.shown = 10};
    bool no_symmetry = false, spread = false;
    FabricArguments fabric;
};
int replay_command(const ReplayArguments& arguments, const Common& common);

void add_collective(CLI::App& app, const Common& common, int& exit_code);
void add_flows(CLI::App& app, const Common& common, int& exit_code);
void add_replay(CLI::App& app, const Common& common, int& exit_code);

}  // namespace millwright::app
