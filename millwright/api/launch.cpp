#include "millwright/api/launch.h"

#include <cmath>

#include <fmt/format.h>

#include "millwright/api/launch_command.h"
#include "millwright/api/launch_nodes.h"
#include "millwright/api/shell.h"

namespace millwright {
namespace {

/// A server of more chips is a rack or a pod, which no one operating system runs.
constexpr double most_of_a_host = 16;

/// Commands of all servers of a replica, or a note that says why there are none.
void add_commands(const Engine& engine, const std::string& model, const ServeAnswer& answer,
                  LaunchText& text) {
    const EngineLaunch& launch = engine.launch;
    const ServeWays& ways = answer.pools.front().fleet.replica.ways;
    const Server& server = answer.factory.server;
    const NodeSplit split = split_over_nodes(ways, host_chips(server));
    text.servers = split.nodes;
    EngineCommand made = engine_command(launch, model, answer, "options.yaml");
    const std::string why = node_obstacle(launch, ways, split);
    if (!why.empty()) {
        text.notes.push_back(fmt::format(
            "no launch command: a replica takes {} servers of {} chips, and {} has none "
            "for it: {}",
            split.nodes, split.local, engine.name, why));
        return;
    }
    text.commands = node_commands(launch, shell_text(made.words), ways, split);
    text.command = text.commands.front();
    text.options = std::move(made.options);
    for (std::string& note : made.notes) text.notes.push_back(std::move(note));
    if (!server.host_chips.known() && server.chips.value > most_of_a_host && ways.chips() > 1) {
        text.notes.push_back(fmt::format(
            "the launch command takes {} as one host, as the catalog does not say which of its "
            "chips share an operating system",
            server.id));
    }
}

}  // namespace

LaunchText launch_text(const Catalog& catalog, const ServeAnswer& answer, double rate) {
    const Engine& engine = part_named(catalog.engines, answer.engine);
    LaunchText text{.engine = engine.id};
    if (engine.launch.command.empty()) return text;
    text.documented = engine.launch.documented;
    const std::string model = hub_name(catalog, answer.asked.model);
    add_commands(engine, model, answer, text);
    text.benchmarks = benchmark_texts(model, answer, rate);
    ManifestsMade made = manifests_of(catalog, engine, answer);
    text.manifests = std::move(made.files);
    for (std::string& note : made.notes) text.notes.push_back(std::move(note));
    return text;
}

}  // namespace millwright
