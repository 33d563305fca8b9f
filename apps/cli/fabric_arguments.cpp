// Arguments of `millwright collective`, `flows` and `replay`.
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/bounds.h"
#include "apps/cli/command.h"
#include "apps/cli/fabric.h"
#include "millwright/collective/algorithms.h"

namespace millwright::app {
namespace {

template <class E>
std::vector<std::string> choices() {
    return {EnumNames<E>::names.begin(), EnumNames<E>::names.end()};
}

/// What collectives, flows and replays have in common. The parser checks words of sets and ranges;
/// names of fabrics, servers and links are the question's.
void add_fabric(CLI::App& command, FabricArguments& a) {
    command
        .add_option("--fabric", a.fabric,
                    "a name (`millwright list topologies`), a file of tiers (TOML) or cables (CSV)")
        ->required()
        ->type_name("TOPOLOGY");
    command
        .add_option(
            "--server", a.server,
            "server of the catalog whose chips the fabric joins; collectives take its links as "
            "efficient as was measured, flows their whole rate")
        ->type_name("SERVER");
    command.add_option("--routing", a.routing, "single, ecmp or adaptive")
        ->capture_default_str()
        ->check(CLI::IsMember(choices<Routing>()));
    command.add_option("--degrade", a.degrade,
                       "link or switch that failed, or NAME=SHARE for what is left of its rate");
}

/// Where links are as efficient as was measured of the server's: collectives and replays. Flows of
/// a table take the whole rate anyway, so `flows` has no such option.
void add_measured(CLI::App& command, FabricArguments& a) {
    command.add_flag("--ideal", a.ideal,
                     "links take their whole rate, not what was measured of the server's");
}

/// For those who want to see the shortcut confirmed; it takes longer.
void add_symmetry(CLI::App& command, bool& no_symmetry) {
    command.add_flag("--no-symmetry", no_symmetry, "simulate every flow; the result is the same");
}

void add_links(CLI::App& command, LinkArguments& a) {
    command.add_option("--links", a.shown, "links to show, the busiest first; 0 for all")
        ->capture_default_str()
        ->check(CLI::Range(0, 1'000'000'000));
    command.add_option("--link-table", a.table, "file for what each link carries (CSV)")
        ->type_name("FILE");
}

}  // namespace

void add_collective(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("collective", "time of one collective, or of a sweep");
    command->footer(
        "\nSizes and bandwidths are those of nccl-tests. The fabric `fat-tree` has three tiers,\n"
        "does not block, one port of 50 GB/s a rank and 500 ns a hop. Several sizes or numbers of\n"
        "ranks make a table. `auto` takes the algorithm that is fastest by the engine.\n"
        "Examples:\n"
        "  millwright collective all_reduce --size 1GiB --ranks 4096 --fabric fat-tree\n"
        "  millwright collective all_reduce --size 1MiB,1GiB --ranks 64,512 --engine flow \\\n"
        "      --fabric rail-fat-tree --server hgx-h100\n"
        "  millwright collective all_to_all --size 64MiB --ranks 512 --group 64 --fabric "
        "h800-planes\n");
    auto a = std::make_shared<CollectiveArguments>();
    command->add_option("op", a->op, "all_reduce, all_gather, reduce_scatter or all_to_all")
        ->required()
        ->check(CLI::IsMember(choices<Collective>()));
    command->add_option("--size", a->sizes, "bytes, such as 1GiB; several for a sweep")
        ->required()
        ->delimiter(',');
    command->add_option("--ranks", a->ranks, "ranks, an endpoint each; several for a sweep")
        ->required()
        ->delimiter(',')
        ->check(CLI::Range(2, 4'000'000));
    command
        ->add_option("--group", a->group,
                     "ranks of a group, if several do the same at once; all if left out")
        ->check(CLI::Range(2, 4'000'000));
    command->add_option("--stride", a->stride, "between ranks of a group")
        ->capture_default_str()
        ->check(CLI::Range(1, 4'000'000));
    add_fabric(*command, a->fabric);
    add_measured(*command, a->fabric);
    command->add_option("--algorithm", a->algorithm, "how it is done: docs/reference/fabrics.md")
        ->capture_default_str()
        ->check(CLI::IsMember(choices<Algorithm>()));
    command->add_option("--engine", a->engine, "closed: a formula; flow: flows share links")
        ->capture_default_str()
        ->check(CLI::IsMember({"closed", "flow"}));
    command
        ->add_option("--traffic", a->traffic,
                     "all_to_all: bytes from each rank to each (CSV: source,destination,bytes)")
        ->type_name("FILE");
    add_symmetry(*command, a->no_symmetry);
    command->callback([a, &common, &exit_code] { exit_code = collective_command(*a, common); });
}

void add_flows(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("flows", "when flows over shared links arrive");
    command->footer(
        "\nFlows share links max-min fairly. The fabric `fat-tree` has three tiers, does not "
        "block\n"
        "and is sized to the largest number; a file gives tiers (TOML, docs/reference/fabrics.md)\n"
        "or cables (CSV: from, to, capacity_GBps, latency_s). Columns of the flows: source,\n"
        "destination, bytes, start_s.\n"
        "Example: millwright flows flows.csv --fabric fat-tree --json\n");
    auto a = std::make_shared<FlowsArguments>();
    command->add_option("flows", a->table, "table of flows (CSV)")->required()->type_name("FILE");
    add_fabric(*command, a->fabric);
    add_links(*command, a->links);
    add_symmetry(*command, a->no_symmetry);
    command->callback([a, &common, &exit_code] { exit_code = flows_command(*a, common); });
}

void add_replay(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("replay", "replay a Chakra execution trace on a fabric");
    command->footer(
        "\nThe folder holds NAME.RANK.et files of MLCommons Chakra (schema 0.0.4), or "
        "NAME.RANK.json "
        "as\n"
        "chakra_jsonizer writes them, and comm_group.json where nodes name process groups. Compute "
        "takes\n"
        "the durations of the trace, or what --chip makes of operations and bytes where nodes have "
        "them.\n"
        "A collective starts when all its ranks have come to it. Sends are posted: a send does not "
        "wait\n"
        "for its receive; bytes up to --eager leave at once, more when the receive is posted.\n"
        "Example: millwright replay traces/ --fabric rail-fat-tree --server hgx-h100 --chip "
        "h100-sxm\n");
    auto a = std::make_shared<ReplayArguments>();
    command->add_option("folders", a->folders, "folder of a trace; several jobs run side by side")
        ->required()
        ->type_name("DIR");
    add_fabric(*command, a->fabric);
    add_measured(*command, a->fabric);
    command->add_option("--chip", a->chip, "chip of the catalog that computes")->type_name("CHIP");
    command->add_option("--ranks", a->ranks, "ranks to replay, if not those of the trace")
        ->check(CLI::Range(2, 1'000'000));
    command
        ->add_option("--dimensions", a->dimensions,
                     "lengths that involved_dim counts, innermost first, such as 8,64")
        ->delimiter(',')
        ->check(CLI::Range(1, 1'000'000));
    command->add_option("--eager", a->eager, "largest send that leaves before its receive is there")
        ->capture_default_str();
    command->add_option("--work-scale", a->work_scale, "all work takes so many times as long")
        ->capture_default_str()
        ->check(between(0, 1e6));
    add_links(*command, a->links);
    command->add_flag(
        "--spread", a->spread,
        "ranks of several jobs take turns on the endpoints, not one job after another");
    add_symmetry(*command, a->no_symmetry);
    command->callback([a, &common, &exit_code] { exit_code = replay_command(*a, common); });
}

namespace {

const Registered registered_collective({CommandGroup::networks, "collective", add_collective});
const Registered registered_flows({CommandGroup::networks, "flows", add_flows});
const Registered registered_replay({CommandGroup::networks, "replay", add_replay});

}  // namespace
}  // namespace millwright::app
