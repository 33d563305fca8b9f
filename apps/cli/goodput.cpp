// millwright goodput: how much of the time a job works on machines that fail.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/bounds.h"
#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/output.h"
#include "apps/cli/serve_arguments.h"
#include "millwright/api/goodput.h"
#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/goodput_files.h"
#include "millwright/report/goodput_json.h"
#include "millwright/report/goodput_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {
namespace {

/// Options as typed; those left out stay empty, so that a file keeps its own values.
struct GoodputArguments {
    std::string scenario, fleet, mtbf, restart, cost, period, policy, stall, repair, out;
    std::optional<std::int64_t> chips, replicas, replications, seed;
    std::optional<double> rate, days, width;
    std::optional<std::int64_t> standby_count, spare_count;
    // a planned job
    std::string model, server, fabric, framework, precision, chip_hour, storage, cap;
    std::optional<std::int64_t> global_batch, sequence;
    std::string steps;
};

void take(const char* option, const std::string& text, Written<std::string>& into) {
    if (!text.empty()) into = {text, {option, 0, 0}, true};
}

template <class T>
void take(const char* option, const std::optional<T>& value, Written<T>& into) {
    if (value) into = {*value, {option, 0, 0}, true};
}

void take_time(const char* option, const std::string& text, Written<Seconds>& into,
               Faults& faults) {
    if (text.empty()) return;
    std::string why;
    const auto time = parse_as<Seconds::dimension>(text, why);
    if (time) {
        into = {*time, {option, 0, 0}, true};
    } else {
        faults.push_back({{option, 0, 0}, why, "a number with its unit, such as \"18 min\""});
    }
}

/// More than zero.
template <class Q>
void take_quantity(const char* option, const std::string& text, Written<Q>& into, Faults& faults) {
    if (text.empty()) return;
    std::string why;
    const Place at{option, 0, 0};
    const auto value = parse_as<Q::dimension>(text, why);
    if (value && *value > Q{}) {
        into = {*value, at, true};
    } else {
        faults.push_back({at, value ? "'" + text + "' is not more than zero" : why,
                          fmt::format("such as \"{}\"", example_of(Q::dimension))});
    }
}

void take_plan(const GoodputArguments& a, GoodputText& text) {
    GoodputPlanText& plan = text.plan;
    take("--model", a.model, plan.model);
    take("--server", a.server, plan.server);
    take("--fabric", a.fabric, plan.fabric);
    take("--framework", a.framework, plan.framework);
    take("--global-batch", a.global_batch, plan.global_batch);
    take("--sequence", a.sequence, plan.sequence);
    if (!a.precision.empty()) {
        plan.precision = {enum_named<Precision>(a.precision).value(), {"--precision", 0, 0}, true};
    }
    if (!a.chip_hour.empty()) {
        plan.chip_hour = {
            price_of("--chip-hour", a.chip_hour, text.faults), {"--chip-hour", 0, 0}, true};
    }
    take_quantity("--storage-bandwidth", a.storage, text.checkpoint.bandwidth, text.faults);
    take_quantity("--power-cap", a.cap, plan.power_cap, text.faults);
}

/// The file's values with the options over them: a rate of the command line takes the place of the
/// file's own.
GoodputText text_of(const GoodputArguments& a) {
    GoodputText text;
    if (!a.scenario.empty()) text = value_or_throw(read_goodput(a.scenario));
    take("--fleet", a.fleet, text.failures.fleet);
    if (!a.mtbf.empty() || a.rate) {
        text.failures.mtbf = {};
        text.failures.rate = {};
        text.failures.rate_per_1000_nodes_day = {};
    }
    take("--chips", a.chips, text.job.chips);
    take_time("--mtbf", a.mtbf, text.failures.mtbf, text.faults);
    take("--rate-per-1000-nodes-day", a.rate, text.failures.rate_per_1000_nodes_day);
    take("--restart", a.restart, text.recovery.restart);
    take("--stall", a.stall, text.recovery.stall);
    take("--repair", a.repair, text.recovery.repair);
    take_time("--checkpoint-cost", a.cost, text.checkpoint.cost, text.faults);
    take("--checkpoint-period", a.period, text.checkpoint.period);
    take("--policy", a.policy, text.job.policy);
    take("--replicas", a.replicas, text.job.replicas);
    take("--standbys", a.standby_count, text.spares.standbys);
    take("--spares", a.spare_count, text.spares.servers);
    take("--days", a.days, text.job.days);
    take("--replications", a.replications, text.run.replications);
    take("--until-width", a.width, text.run.until_width);
    take("--seed", a.seed, text.run.seed);
    take("--steps", a.steps, text.steps);
    take_plan(a, text);
    return text;
}

void write_files(const std::string& folder, const GoodputAnswer& answer) {
    std::vector<OutputFile> files;
    for (auto& [name, text] : goodput_files(answer)) files.push_back({name, std::move(text)});
    write_or_throw(folder, files);
    std::cerr << "wrote " << join(goodput_file_names(), ", ") << " to " << folder << "\n";
}

/// Files are written before the text is printed, so that a failed run prints nothing.
int run_goodput(const GoodputArguments& a, const Common& common) {
    GoodputText text = text_of(a);
    if (!a.out.empty()) append(text.faults, check_output(a.out, goodput_file_names()));
    const GoodputAnswer answer = value_or_throw(goodput({std::move(text)}, setting_of(common)));
    if (!a.out.empty()) write_files(a.out, answer);
    std::cout << (common.json ? json_text(goodput_json(answer)) + "\n" : goodput_text(answer));
    return exit_done;
}

void add_failures(CLI::App& command, GoodputArguments& a) {
    command.add_option("--chips", a.chips, "that the job runs on")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}));
    command
        .add_option("--fleet", a.fleet,
                    "fleet of the catalog: its causes, and its rate where none is given")
        ->type_name("FLEET");
    command.add_option("--mtbf", a.mtbf,
                       "mean time between failures of the whole job, such as \"18 min\"");
    command
        .add_option("--rate-per-1000-nodes-day", a.rate,
                    "failures of 1,000 nodes of eight chips in a day, in place of --mtbf")
        ->check(between(0, 1e6));
    command.add_option("--restart", a.restart,
                       "time until the job works again, which failures may strike; a law such as\n"
                       "\"lognormal(10 min, 1)\" too");
    command.add_option("--policy", a.policy, "what the job does when something fails")
        ->check(CLI::IsMember(names_of<RecoveryPolicy>()));
    command.add_option("--stall", a.stall,
                       "time of a swap or a stall in place of a restart; 3 min if left out");
    command.add_option("--replicas", a.replicas, "that may drop out alone; 8 if left out")
        ->check(CLI::Range(std::int64_t{2}, std::int64_t{1'000'000}));
    command.add_option("--repair", a.repair, "time until one is back; 0 s if left out");
    command.add_option("--standbys", a.standby_count, "servers that stand by warm")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000}));
    command.add_option("--spares", a.spare_count, "servers of a pool; without end if left out")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000}));
}

void add_run(CLI::App& command, GoodputArguments& a) {
    command.add_option("--checkpoint-cost", a.cost, "time that the job waits for a checkpoint");
    command.add_option("--checkpoint-period", a.period,
                       "time of work between them; auto, simulated, or such as \"5 min\"");
    command.add_option("--days", a.days, "length of the run; 30 if left out")
        ->check(between(0.01, 36500));
    command.add_option("--replications", a.replications, "runs to simulate; 200 if left out")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}));
    command
        .add_option("--until-width", a.width,
                    "ends when the mean share is known so well: half its 95 % interval")
        ->check(between(1e-6, 1));
    command
        .add_option("--steps", a.steps,
                    "table of timed passes: how unlike they are holds every step up")
        ->type_name("FILE");
    command.add_option("--seed", a.seed, "of what is drawn; 1 if left out")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{9'000'000'000'000'000}));
}

/// A job whose plan says what is left out.
void add_plan(CLI::App& command, GoodputArguments& a) {
    const char* group = "A planned job";
    command.add_option("--model", a.model, "model of the catalog: its best plan is sought")
        ->type_name("MODEL")
        ->group(group);
    command.add_option("--server", a.server, "server or rack that it trains on")
        ->type_name("SERVER")
        ->group(group);
    command.add_option("--fabric", a.fabric, "rail-fat-tree if left out")
        ->type_name("FABRIC")
        ->group(group);
    command.add_option("--framework", a.framework, "by the chip's maker if left out")
        ->type_name("FRAMEWORK")
        ->group(group);
    command.add_option("--precision", a.precision, "bf16 if left out")
        ->check(CLI::IsMember(names_of<Precision>()))
        ->group(group);
    command.add_option("--global-batch", a.global_batch, "sequences a step; 1024 if left out")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000'000}))
        ->group(group);
    command.add_option("--sequence", a.sequence, "tokens of a sequence; 4096 if left out")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000'000}))
        ->group(group);
    command
        .add_option("--storage-bandwidth", a.storage,
                    "at which all chips together write a checkpoint, such as \"2 TB/s\"")
        ->group(group);
    command
        .add_option("--power-cap", a.cap,
                    "power limit of each chip, below its own, such as \"550 W\"")
        ->group(group);
    command
        .add_option("--chip-hour", a.chip_hour,
                    "price of an hour of a chip, in place of its cost; says what is lost")
        ->group(group);
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("goodput", "how much of the time a job works");
    command->footer(
        "\nFailures, restarts, checkpoints and spares of a job on many chips: the share of the "
        "time\n"
        "that is useful, by formula where there is one and by simulation, and where the rest "
        "goes.\n"
        "A file says more than the options, which stand in place of its values. docs/goodput.md.\n"
        "Examples:\n"
        "  millwright goodput --chips 16384 --rate-per-1000-nodes-day 3.79 --restart \"10 min\" "
        "\\\n"
        "      --checkpoint-cost 10s\n"
        "  millwright goodput --chips 100000 --mtbf \"18 min\" --policy replica-drop --replicas "
        "32\n"
        "  millwright goodput --model llama-3.1-405b --server hgx-h100 --chips 16384\n"
        "  millwright goodput examples/year-at-yiwu/one-job.toml --replications 100\n");
    auto a = std::make_shared<GoodputArguments>();
    command->add_option("scenario", a->scenario, "a file, in place of the options or below them")
        ->type_name("FILE");
    add_failures(*command, *a);
    add_run(*command, *a);
    add_plan(*command, *a);
    command
        ->add_option("--out", a->out,
                     "folder for goodput.json, goodput.html, a page with charts, and progress.csv")
        ->type_name("DIR");
    command->callback([a, &common, &exit_code] { exit_code = run_goodput(*a, common); });
}

const Registered registered({CommandGroup::designs, "goodput", add});

}  // namespace
}  // namespace millwright::app
