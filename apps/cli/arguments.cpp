// Arguments of all commands but those of rules and fabrics. Only this source, rules_arguments.cpp
// and fabric_arguments.cpp see CLI11: it is slow to compile.
#include "apps/cli/arguments.h"
#include "millwright/evidence/validation.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command_words.h"
#include "apps/cli/commands.h"
#include "apps/cli/completion.h"
#include "apps/cli/fabric.h"
#include "apps/cli/parts.h"
#include "apps/cli/rules_arguments.h"
#include "millwright/base/text.h"
#include "millwright/parts/precision.h"

namespace millwright::app {
namespace {

template <class E>
std::vector<std::string> names_of() {
    return {EnumNames<E>::names.begin(), EnumNames<E>::names.end()};
}

constexpr const char* description =
    "Millwright designs AI factories before anyone pours concrete: which chips a buyer may have,\n"
    "how to wire them, how fast they train and serve a model, and what that costs.\n";

constexpr const char* footer =
    "\nExamples:\n"
    "  millwright run examples/yiwu-115k/scenario.toml --out out\n"
    "  millwright plan --model llama-3.1-405b --server hgx-h100 --chips 16384\n"
    "  millwright list chips\n"
    "  millwright show chip h20\n"
    "  millwright rules check --chip h20 --to CN --date 2025-07-20\n"
    "  millwright validate training tests/published/training.csv\n"
    "\nExit codes: 0 done, 1 no factory can run any job, 2 faulty input or arguments, 70 a bug.\n";

void add_run(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("run", "compare the factories of a scenario");
    command->footer(
        "\nA scenario lists a site, a buyer, alternative factories and jobs; see\n"
        "examples/yiwu-115k/scenario.toml and docs/scenario.md.\n");
    auto arguments = std::make_shared<RunArguments>();
    command->add_option("scenario", arguments->scenario, "scenario file (TOML)")
        ->required()
        ->type_name("FILE");
    command
        ->add_option("--out", arguments->out,
                     "folder for study.json, report.html and trace.json; out/NAME if left out")
        ->type_name("DIR");
    command->add_flag("--flows", arguments->flows,
                      "run large steps by flows too (seconds to half a minute each)");
    command->callback(
        [arguments, &common, &exit_code] { exit_code = run_command(*arguments, common); });
}

/// "none, selective or full".
template <class E>
std::string one_of() {
    const auto& names = EnumNames<E>::names;
    std::string text(names.front());
    for (std::size_t i = 1; i < names.size(); ++i) {
        text += (i + 1 < names.size() ? ", " : " or ") + std::string(names[i]);
    }
    return text;
}

/// Coordinates of a plan that may be pinned.
void add_pins(CLI::App& command, PinTexts& pins) {
    const auto add = [&](const char* option, std::string& text, const std::string& what) {
        command.add_option(option, text, what)->group("Pins: a value, a list 1,2,4, a range 1..8");
    };
    add("--tensor", pins.tensor, "tensor ways");
    add("--pipeline", pins.pipeline, "pipeline stages");
    add("--virtual-stages", pins.virtual_stages, "virtual stages of each");
    add("--data", pins.data, "data ways");
    add("--context", pins.context, "context ways");
    add("--expert", pins.expert, "expert ways");
    add("--micro-batch", pins.micro_batch, "sequences of a micro-batch");
    add("--schedule", pins.schedule, one_of<Schedule>());
    add("--recompute", pins.recompute, one_of<Recompute>());
    add("--sharding", pins.sharding, one_of<Sharding>());
    add("--offload", pins.offload, one_of<Offload>());
}

void add_plan(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("plan", "find the best training plans of a model");
    command->footer(
        "\nPrints the plans that no other beats in step time, memory and chips used. What is\n"
        "pinned is taken as given: few such plans are all printed, whether or not they fit.\n");
    auto a = std::make_shared<PlanArguments>();
    command->add_option("--model", a->model, "model of the catalog, or a config.json")
        ->required()
        ->type_name("MODEL");
    command->add_option("--server", a->server, "server or rack of the catalog")
        ->required()
        ->type_name("SERVER");
    command->add_option("--chips", a->chips, "accelerators there are")
        ->required()
        ->check(CLI::Range(1, 10'000'000));
    command->add_option("--fabric", a->fabric, "fabric of the catalog")
        ->capture_default_str()
        ->type_name("FABRIC");
    command->add_option("--global-batch", a->global_batch, "sequences a step")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000'000));
    command->add_option("--sequence", a->sequence, "tokens of a sequence")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000'000));
    command->add_option("--precision", a->precision, "of the products of matrices")
        ->capture_default_str()
        ->check(CLI::IsMember(names_of<Precision>()));
    command
        ->add_option("--framework", a->framework,
                     "training framework of the catalog; by the chip's vendor if left out")
        ->type_name("FRAMEWORK");
    command->add_option("--objective", a->objective, "time, or cost, which needs a deadline")
        ->capture_default_str()
        ->check(CLI::IsMember({"time", "cost"}));
    command->add_option("--deadline", a->deadline, "for all --tokens, such as \"90 days\"");
    command->add_option("--tokens", a->tokens, "tokens to train on, such as 15T");
    add_pins(*command, a->pins);
    command->add_option("--top", a->top, "plans to print")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    command->add_flag("--exhaustive", a->exhaustive, "time every plan that fits, prune none");
    command->add_flag("--flows", a->flows,
                      "run the best plan's step by flows too, all groups at once");
    command
        ->add_option("--chakra", a->chakra,
                     "folder for the best plan's step as a Chakra execution trace")
        ->type_name("DIR");
    command->add_option("--routing", a->routing, "of those flows: single, ecmp or adaptive")
        ->needs("--flows")
        ->capture_default_str()
        ->check(CLI::IsMember({"single", "ecmp", "adaptive"}));
    command->callback([a, &common, &exit_code] { exit_code = plan_command(*a, common); });
}

void add_compare(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("compare", "explain how two scenarios differ");
    command->footer("\nFactories and jobs are matched by name; values are SI units.\n");
    auto arguments = std::make_shared<CompareArguments>();
    command->add_option("a", arguments->a, "first scenario")->required()->type_name("FILE");
    command->add_option("b", arguments->b, "second scenario")->required()->type_name("FILE");
    command->callback(
        [arguments, &common, &exit_code] { exit_code = compare_command(*arguments, common); });
}

void add_list(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("list", "list the parts of the catalog");
    command->footer("\nKinds: " + join(part_kinds(), ", ") + ".\n");
    auto a = std::make_shared<ListArguments>();
    command->add_option("kind", a->kind, "kind of part, such as chips")
        ->required()
        ->type_name("KIND");
    command->add_flag("--ids", a->ids, "ids alone, a line each");
    command->callback([a, &common, &exit_code] { exit_code = list_command(*a, common); });
}

void add_show(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("show", "show one part with the source of each figure");
    command->footer("\nExamples: millwright show chip h20, millwright show model deepseek-v3\n");
    auto arguments = std::make_shared<ShowArguments>();
    command->add_option("kind", arguments->kind, "kind of part, such as chip")
        ->required()
        ->type_name("KIND");
    command->add_option("name", arguments->name, "id, name or alias")
        ->required()
        ->type_name("NAME");
    command->callback(
        [arguments, &common, &exit_code] { exit_code = show_command(*arguments, common); });
}

void add_check(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("check", "check scenarios, models and catalog folders");
    command->footer(
        "\nTakes scenario files, Hugging Face config.json files and folders of catalog\n"
        "parts; prints every fault with its place and a hint.\n");
    auto paths = std::make_shared<std::vector<std::string>>();
    command->add_option("paths", *paths, "files and folders")->required()->type_name("PATH");
    command->callback([paths, &common, &exit_code] { exit_code = check_command(*paths, common); });
}

void add_validate(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("validate", "hold predictions against measurements");
    command->footer(
        "\nColumns of a table: docs/reference/tables.md. Errors are predicted over\n"
        "printed, less one; skipped rows say why in --json and --rows.\n");
    auto a = std::make_shared<ValidateArguments>();
    command->add_option("kind", a->kind, "training, sweep, kernels, collectives or rules")
        ->required()
        ->check(CLI::IsMember({"training", "sweep", "kernels", "collectives", "rules"}));
    command->add_option("table", a->table, "table of measurements (CSV)")
        ->required()
        ->type_name("FILE");
    command->add_option("--group-by", a->group_by, join(group_keys(), ", "))
        ->delimiter(',')
        ->check(CLI::IsMember(group_keys()))
        ->capture_default_str();
    command
        ->add_option("--family", a->family,
                     "kernels: predict every chip from this family and its datasheet")
        ->type_name("KERNEL");
    command->add_flag("--rows", a->rows, "print every row");
    command
        ->add_option("--framework", a->framework,
                     "training and sweep: of all rows, in place of what each row says")
        ->type_name("FRAMEWORK");
    command->callback([a, &common, &exit_code] { exit_code = validate_command(*a, common); });
}

void add_calibrate(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command =
        app.add_subcommand("calibrate", "fit catalog figures to your own measurements");
    command->footer(
        "\nA table of kernels (columns id, chip, kernel, dtype, shape, time_us) gives kernel\n"
        "families; a table of runs (columns of training.csv) gives factors for compute,\n"
        "memory and each kind of communication. Columns: docs/reference/tables.md. The\n"
        "result is a catalog folder: --catalog DIR uses it, with --framework NAME for runs.\n");
    auto a = std::make_shared<CalibrateArguments>();
    command->add_option("table", a->table, "table of measurements (CSV)")
        ->required()
        ->type_name("FILE");
    command->add_option("--out", a->out, "catalog folder to write")->required()->type_name("DIR");
    command->add_option("--framework", a->framework, "of the runs, such as nemo")
        ->default_val(std::string(default_framework))
        ->type_name("FRAMEWORK");
    command->add_option("--title", a->title, "title of the source; the file if left out");
    command->add_option("--publisher", a->publisher, "who measured")
        ->default_val("own measurements");
    command->add_option("--dated", a->dated, "when, as YYYY, YYYY-MM or YYYY-MM-DD");
    command->callback([a, &common, &exit_code] { exit_code = calibrate_command(*a, common); });
}

void add_completion(CLI::App& app, const Common&, int& exit_code) {
    CLI::App* command = app.add_subcommand("completion", "print a completion script for a shell");
    command->footer(
        "\nbash: source <(millwright completion bash)\n"
        "zsh:  source <(millwright completion zsh)\n"
        "fish: millwright completion fish | source\n");
    auto shell = std::make_shared<std::string>();
    command->add_option("shell", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->callback([shell, &app, &exit_code] {
        std::error_code none;
        const auto program = std::filesystem::read_symlink("/proc/self/exe", none);
        std::cout << completion_script(app, *shell, program.string());
        exit_code = exit_done;
    });
}

/// Words that nobody knows are told before what is missing: it may be what they mean.
void check_words(const CLI::App& app, const std::vector<std::string>& words) {
    Faults faults;
    for (const std::string& word : words) {
        if (first_invalid_utf8(word) == std::string::npos) continue;
        faults.push_back({{"", 0, 0},
                          "the argument '" + word + "' is not UTF-8",
                          "write it, and the names of files, in UTF-8"});
    }
    if (faults.empty()) faults = read_words(app, words).unknown;
    if (!faults.empty()) throw UserFault{std::move(faults)};
}

/// What the parser found, in our words: all that is missing at once.
Faults argument_faults(const CLI::App& app, const std::vector<std::string>& words,
                       const CLI::ParseError& error) {
    const CommandWords read = read_words(app, words);
    const std::string name = full_name(read);
    Faults faults;
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
        for (const CLI::Option* option : read.command().get_options()) {
            if (!option->get_required() || option->count() > 0) continue;
            faults.push_back({{"", 0, 0},
                              name + " needs " + shown_name(*option),
                              option->get_description() + "; see `" + name + " --help`"});
        }
        const std::vector<std::string> below = commands_below(read.command());
        if (!below.empty()) {
            faults.push_back(
                {{"", 0, 0}, name + " needs a command", "commands: " + join(below, ", ")});
        }
    }
    if (faults.empty()) {
        faults.push_back({{"", 0, 0}, error.what(), "see `" + name + " --help`"});
    }
    return faults;
}

}  // namespace

int parse_and_run(int argc, char** argv) {
    CLI::App app{description};
    app.footer(footer);
    app.set_version_flag("--version", "millwright " MILLWRIGHT_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    Common common;
    app.add_flag("--json", common.json, "print the result as JSON");
    app.add_option("--catalog", common.catalog_folder,
                   "folder of your own chips, servers, models, ... added to the catalog")
        ->type_name("DIR");
    app.add_option("--threads", common.threads, "threads at most; 0 for all cores")
        ->check(CLI::Range(0, 1024));
    int exit_code = exit_done;
    for (const auto add :
         {add_run, add_plan, add_compare, add_list, add_show, add_check, add_validate,
          add_calibrate, add_rules, add_collective, add_flows, add_replay, add_completion}) {
        add(app, common, exit_code);
    }
    accept_written_numbers(app);
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    if (!words.empty() && words[0] == completion_request) {
        std::cout << completions(app, {words.begin() + 1, words.end()});
        return exit_done;
    }
    check_words(app, words);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) throw UserFault{argument_faults(app, words, error)};
        app.exit(error, std::cout, std::cerr);
    }
    return exit_code;
}

}  // namespace millwright::app
