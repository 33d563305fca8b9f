#include "millwright/api/launch.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/api/launch_command.h"
#include "millwright/api/launch_nodes.h"
#include "millwright/api/shell.h"

namespace millwright {
namespace {

/// A server of more chips is a rack or a pod, which no one operating system runs.
constexpr double most_of_a_host = 16;

/// Commands of all servers of a replica of one pool, or a note that says why there are none.
void add_commands(const Engine& engine, const std::string& model, const ServeAnswer& answer,
                  const ServePool& pool, ReplicaLaunch& out, std::vector<std::string>& notes) {
    const EngineLaunch& launch = engine.launch;
    const ServeWays& ways = pool.fleet.replica.ways;
    const Server& server = pool.factory ? pool.factory->server : answer.factory.server;
    const NodeSplit split = split_over_nodes(ways, host_chips(server));
    out.servers = split.nodes;
    if (pool.role == "answers") out.options_path = "options-answers.yaml";
    EngineCommand made = engine_command(launch, model, answer, pool, out.options_path);
    const std::string why = node_obstacle(launch, ways, split);
    if (!why.empty()) {
        notes.push_back(fmt::format(
            "no launch command: a replica takes {} servers of {} chips, and {} has none "
            "for it: {}",
            split.nodes, split.local, engine.name, why));
        return;
    }
    out.commands = node_commands(launch, shell_text(made.words), ways, split);
    out.command = out.commands.front();
    out.options = std::move(made.options);
    for (std::string& note : made.notes) {
        if (std::ranges::find(notes, note) == notes.end()) notes.push_back(std::move(note));
    }
    if (!server.host_chips.known() && server.chips.value > most_of_a_host && ways.chips() > 1) {
        notes.push_back(fmt::format(
            "the launch command takes {} as one host, as the catalog does not say which of its "
            "chips share an operating system",
            server.id));
    }
}

/// Commands of both pools and of what stands in front of them.
void add_pools(const Engine& engine, const std::string& model, const ServeAnswer& answer,
               LaunchText& text) {
    const EngineLaunch& launch = engine.launch;
    if (launch.prompts_role.empty() || launch.answers_role.empty()) {
        text.notes.push_back(fmt::format(
            "no launch commands: the file of {} has no options for pools of prompts and of answers",
            engine.name));
        return;
    }
    add_commands(engine, model, answer, answer.pools[0], text, text.notes);
    add_commands(engine, model, answer, answer.pools[1], text.answers, text.notes);
    text.door = launch.pools_router;
    text.notes.emplace_back(
        "no manifests: those of pools of prompts and of answers are not written");
}

}  // namespace

LaunchText launch_text(const Catalog& catalog, const ServeAnswer& answer, double rate) {
    const Engine& engine = part_named(catalog.engines, answer.engine);
    LaunchText text{.engine = engine.id};
    if (engine.launch.command.empty()) return text;
    text.documented = engine.launch.documented;
    const std::string model = hub_name(catalog, answer.asked.model);
    text.benchmarks = benchmark_texts(model, answer, rate);
    if (answer.pools.size() > 1) {
        add_pools(engine, model, answer, text);
        return text;
    }
    add_commands(engine, model, answer, answer.pools.front(), text, text.notes);
    ManifestsMade made = manifests_of(catalog, engine, answer);
    text.manifests = std::move(made.files);
    for (std::string& note : made.notes) text.notes.push_back(std::move(note));
    return text;
}

}  // namespace millwright
