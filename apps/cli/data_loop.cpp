// millwright data-loop: from data of a fleet to a model on it.
#include <iostream>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/output.h"
#include "millwright/api/data_loop.h"
#include "millwright/base/faults.h"
#include "millwright/base/names.h"
#include "millwright/report/json_text.h"
#include "millwright/report/loop_json.h"
#include "millwright/report/loop_text.h"

namespace millwright::app {
namespace {

/// Options as typed; those left out leave the file's values.
struct DataLoopArguments {
    std::string scenario, out;
    std::optional<std::int64_t> days, replications, seed;
};

const std::vector<std::string> data_loop_names{"data-loop.json", "data-loop.txt"};

void take_option(const char* option, const std::optional<std::int64_t>& typed,
                 Written<std::int64_t>& into) {
    if (typed) into = {*typed, {option, 0, 0}, true};
}

int run_data_loop(const DataLoopArguments& a, const Common& common) {
    DataLoopText text = value_or_throw(read_data_loop(a.scenario));
    take_option("--days", a.days, text.run.days);
    take_option("--replications", a.replications, text.run.replications);
    take_option("--seed", a.seed, text.run.seed);
    if (!a.out.empty()) append(text.faults, check_output(a.out, data_loop_names));
    const DataLoopAnswer answer = value_or_throw(data_loop({std::move(text)}, setting_of(common)));
    const std::string json = json_text(data_loop_json(answer)) + "\n";
    const std::string words = data_loop_text(answer);
    if (!a.out.empty()) {
        write_or_throw(a.out, {{data_loop_names[0], json}, {data_loop_names[1], words}});
        std::cerr << "wrote " << join(data_loop_names, ", ") << " to " << a.out << "\n";
    }
    std::cout << (common.json ? json : words);
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command =
        app.add_subcommand("data-loop", "how long from data of a fleet to a model on it");
    command->footer(
        "\nEvents that triggers keep are uploaded, chosen, labelled and gathered into training\n"
        "runs; runs wait for the factory, for trials and for the fleet, which takes them in\n"
        "stages. The answer is the loop's time by stage, what waits where, what it costs, and the\n"
        "compute that a wanted time needs. The keys of a file are in docs/data-loop.md.\n"
        "Examples:\n"
        "  millwright data-loop examples/data-loop/li-auto-august.toml\n"
        "  millwright data-loop examples/data-loop/humanoids.toml --days 730 --json\n");
    auto a = std::make_shared<DataLoopArguments>();
    command->add_option("scenario", a->scenario, "the loop")->required()->type_name("FILE");
    command->add_option("--days", a->days, "that are simulated, in place of the file's")
        ->check(CLI::Range(std::int64_t{2}, most_loop_days));
    command->add_option("--replications", a->replications, "runs to simulate; 20 if left out")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000}));
    command->add_option("--seed", a->seed, "of what is drawn; 1 if left out")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{9'000'000'000'000'000}));
    command->add_option("--out", a->out, "folder for data-loop.json and data-loop.txt")
        ->type_name("DIR");
    command->callback([a, &common, &exit_code] { exit_code = run_data_loop(*a, common); });
}

const Registered registered({CommandGroup::designs, "data-loop", add});

}  // namespace
}  // namespace millwright::app
