#include "millwright/api/launch_nodes.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace millwright {
namespace {

std::string replaced(std::string text, const std::string& mark, const std::string& value) {
    for (std::size_t at = text.find(mark); at != std::string::npos;) {
        text.replace(at, mark.size(), value);
        at = text.find(mark, at + value.size());
    }
    return text;
}

bool divides(std::int64_t part, std::int64_t whole) { return part > 0 && whole % part == 0; }

/// Chips of one attention rank, all its stages.
std::int64_t rank_chips(const ServeWays& ways) { return std::llround(ways.tensor * ways.pipeline); }

/// Whether the engine is told which attention ranks a server has.
bool by_ranks(const EngineLaunch& launch, const ServeWays& ways) {
    return ways.attention_data > 1 && !launch.tensor_counts_all;
}

}  // namespace

double host_chips(const Server& server) {
    return server.host_chips.known() ? std::min(server.host_chips.value, server.chips.value)
                                     : server.chips.value;
}

NodeSplit split_over_nodes(const ServeWays& ways, double host_chips) {
    const std::int64_t chips = std::llround(ways.chips()), stage = std::llround(ways.stage_chips());
    const std::int64_t most = std::max<std::int64_t>(1, std::llround(host_chips));
    for (std::int64_t local = std::min(most, chips); local > 1; --local) {
        const bool whole = divides(local, stage) || divides(stage, local);
        if (divides(local, chips) && whole) return {chips / local, local};
    }
    return {chips, 1};
}

std::int64_t local_ranks(const EngineLaunch& launch, const ServeWays& ways, NodeSplit split) {
    return by_ranks(launch, ways) ? split.local / rank_chips(ways) : 0;
}

std::string node_obstacle(const EngineLaunch& launch, const ServeWays& ways, NodeSplit split) {
    if (split.nodes == 1) return "";
    if (!by_ranks(launch, ways)) {
        return launch.node_options.empty() ? "its documentation has no options for them" : "";
    }
    if (launch.node_data_options.empty()) {
        return "its documentation has no options for attention ranks on them";
    }
    if (divides(rank_chips(ways), split.local)) return "";
    return fmt::format("an attention rank of {} chips is no even part of {} chips of a server",
                       rank_chips(ways), split.local);
}

std::string node_command(const EngineLaunch& launch, const std::string& command,
                         const ServeWays& ways, NodeSplit split, const NodeNames& names) {
    const bool ranks = by_ranks(launch, ways);
    const auto filled = [&](std::string text) {
        const std::pair<const char*, std::string> values[]{
            {"{nodes}", std::to_string(split.nodes)},
            {"{local}", std::to_string(split.local)},
            {"{chips}", std::to_string(split.nodes * split.local)},
            {"{ranks}", std::to_string(local_ranks(launch, ways, split))},
            {"{rank}", names.rank},
            {"{head}", names.head},
            {"{start}", names.start}};
        for (const auto& [mark, value] : values) text = replaced(std::move(text), mark, value);
        return text;
    };
    if (!ranks && !names.first && !launch.node_rest.empty()) return filled(launch.node_rest);
    std::string text =
        command + " " + filled(ranks ? launch.node_data_options : launch.node_options);
    if (!names.first && !launch.node_others.empty()) text += " " + filled(launch.node_others);
    if (!ranks && !launch.node_first.empty()) text = filled(launch.node_first) + " && " + text;
    if (!ranks && !launch.node_all.empty()) text = filled(launch.node_all) + " " + text;
    return text;
}

std::vector<std::string> node_commands(const EngineLaunch& launch, const std::string& command,
                                       const ServeWays& ways, NodeSplit split) {
    if (split.nodes == 1) return {command};
    if (!node_obstacle(launch, ways, split).empty()) return {};
    const bool one = !launch.node_all.empty() && !by_ranks(launch, ways);
    std::vector<std::string> commands;
    for (std::int64_t rank = 0; rank < (one ? 1 : split.nodes); ++rank) {
        const std::int64_t start = rank * local_ranks(launch, ways, split);
        commands.push_back(node_command(
            launch, command, ways, split,
            {"\"$HEAD_ADDRESS\"", std::to_string(rank), std::to_string(start), rank == 0}));
    }
    return commands;
}

}  // namespace millwright
