// millwright sweep: a scenario at every value of what is moved.
#include <algorithm>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/output.h"
#include "millwright/api/sweep.h"
#include "millwright/base/faults.h"
#include "millwright/intake/read.h"
#include "millwright/report/json_text.h"
#include "millwright/report/sweep_files.h"
#include "millwright/report/sweep_json.h"
#include "millwright/report/sweep_text.h"

namespace millwright::app {
namespace {

/// Options as typed.
struct SweepArguments {
    std::string scenario, out;
    std::vector<std::string> over, of, factories;
    bool optimistic = false;
};

/// "PATH=VALUES"; paths have no equals sign but in a name, values have none.
std::vector<SweptOver> swept_over(const SweepArguments& a, Faults& faults) {
    std::vector<SweptOver> over;
    for (const std::string& text : a.over) {
        const std::size_t equals = text.rfind('=');
        if (equals == std::string::npos || equals == 0) {
            faults.push_back({{"--over", 0, 0},
                              fmt::format("'{}' is not PATH=VALUES", excerpt(text)),
                              "such as factory.chips=1024,2048"});
            continue;
        }
        over.push_back({std::string(trimmed(text.substr(0, equals))), text.substr(equals + 1)});
    }
    return over;
}

/// A point at which some factory does some job.
bool any_done(const SweepAnswer& answer) {
    return std::ranges::any_of(answer.points,
                               [](const SweptPoint& point) { return point.best.has_value(); });
}

/// Files are written before the text is printed, so that a failed run prints nothing.
int run_sweep(const SweepArguments& a, const Common& common) {
    Faults faults;
    SweepQuestion question{.scenario = {},
                           .over = swept_over(a, faults),
                           .of = a.of,
                           .factories = a.factories,
                           .optimistic = a.optimistic};
    if (!a.out.empty()) append(faults, check_output(a.out, sweep_file_names()));
    if (!faults.empty()) throw UserFault{std::move(faults)};
    question.scenario = value_or_throw(read_scenario(a.scenario));
    const SweepAnswer answer = value_or_throw(sweep(question, setting_of(common)));
    show_progress("", 1);
    if (!a.out.empty()) {
        std::vector<OutputFile> files;
        for (auto& [name, text] : sweep_files(answer)) files.push_back({name, std::move(text)});
        write_or_throw(a.out, files);
        std::cerr << "wrote " << join(sweep_file_names(), ", ") << " to " << a.out << "\n";
    }
    std::cout << (common.json ? json_text(sweep_json(answer)) + "\n" : sweep_text(answer));
    return any_done(answer) ? exit_done : exit_impossible;
}

std::string metric_names() {
    std::vector<std::string> names;
    for (const SweepMetric& metric : sweep_metrics()) names.emplace_back(metric.name);
    return join(names, ", ");
}

void add_options(CLI::App& command, SweepArguments& a) {
    command.add_option("scenario", a.scenario, "scenario file (TOML)")
        ->required()
        ->type_name("FILE");
    command
        .add_option("--over", a.over,
                    "what is moved and its values: a,b,c, LOW..HIGH:N of equal steps or\n"
                    "LOW..HIGH:xN of equal ratios; repeatable, and then all combinations")
        ->required()
        ->allow_extra_args(false)
        ->type_name("PATH=VALUES");
    command.add_option("--of", a.of, "metrics to tell, repeatable or parted by commas")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("METRIC");
    command.add_option("--factory", a.factories, "run and rank this factory alone; repeatable")
        ->allow_extra_args(false)
        ->type_name("NAME");
    command
        .add_option("--out", a.out,
                    "folder for sweep.csv, a table in SI units, sweep.json and sweep.html, a page\n"
                    "with charts")
        ->type_name("DIR");
    command.add_flag("--optimistic", a.optimistic, optimistic_help);
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("sweep", "a scenario at every value of what is moved");
    command->footer(
        "\nEach point is what `run` says of the scenario with the point's values in it. Paths are\n"
        "those of [[uncertain]] and [[override]], and every other key: date,\n"
        "factory/NAME.chips, factory/*.server of all, job.global_batch where there is one job.\n"
        "docs/sweep.md. Metrics: " +
        metric_names() +
        ".\n"
        "Examples:\n"
        "  millwright sweep examples/strong-scaling/scenario.toml --over "
        "factory.chips=2048..16384:x4\n"
        "  millwright sweep examples/two-sites/scenario.toml --over "
        "'site/*.energy_price=0.04..0.12 USD/kWh:5' --of usd_per_million_tokens --out out/sweep\n");
    auto a = std::make_shared<SweepArguments>();
    add_options(*command, *a);
    command->callback([a, &common, &exit_code] { exit_code = run_sweep(*a, common); });
}

const Registered registered({CommandGroup::designs, "sweep", add});

}  // namespace
}  // namespace millwright::app
