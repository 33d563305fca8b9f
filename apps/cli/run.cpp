// millwright run: the main job.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/output.h"
#include "millwright/api/run.h"
#include "millwright/intake/read.h"
#include "millwright/report/html.h"
#include "millwright/report/json.h"
#include "millwright/report/json_text.h"
#include "millwright/report/study_text.h"
#include "millwright/report/trace.h"

namespace millwright::app {
namespace {

struct Arguments {
    std::string scenario, out;
    bool flows = false, optimistic = false;
};

/// A folder that cannot be used is told before long work. Faults of the file come first: its name
/// may be one of them, so no folder is looked at then; `run` throws them.
std::string folder_for(const ScenarioText& text, const Arguments& arguments) {
    if (!text.faults.empty()) return "";
    return output_folder(arguments.out, text.name.value, "study.json",
                         {"study.json", "report.html", "trace.json"});
}

/// Files are written before the text is printed, so that a failed run prints nothing; exit code 1
/// where no factory can do any job, whose study is written all the same.
int run_command(const Arguments& arguments, const Common& common) {
    const RunQuestion question{value_or_throw(read_scenario(arguments.scenario)), arguments.flows,
                               arguments.optimistic};
    const std::string folder = folder_for(question.scenario, arguments);
    const RunAnswer answer = value_or_throw(run(question, setting_of(common)));
    show_progress("", 1);
    const std::string json = json_text(study_json(answer.study)) + "\n";
    const DrawnStep& step = answer.best;
    write_or_throw(folder, {{"study.json", json},
                            {"report.html", study_html(answer.study)},
                            {"trace.json", trace_json(step.tasks, step.layers, step.title)}});
    std::cout << (common.json ? json : study_text(answer.study));
    std::cerr << "wrote study.json, report.html and trace.json to " << folder << "\n";
    return any_feasible(answer.study) ? exit_done : exit_impossible;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("run", "compare the factories of a scenario");
    command->footer(
        "\nA scenario lists a site, a buyer, alternative factories and jobs; see\n"
        "examples/yiwu-115k/scenario.toml and docs/scenario.md.\n");
    auto arguments = std::make_shared<Arguments>();
    command->add_option("scenario", arguments->scenario, "scenario file (TOML)")
        ->required()
        ->type_name("FILE");
    command
        ->add_option("--out", arguments->out,
                     "folder for study.json, report.html and trace.json; out/NAME if left out")
        ->type_name("DIR");
    command->add_flag("--flows", arguments->flows,
                      "run large steps by flows too (seconds to half a minute each)");
    command->add_flag("--optimistic", arguments->optimistic, optimistic_help);
    command->callback(
        [arguments, &common, &exit_code] { exit_code = run_command(*arguments, common); });
}

const Registered registered({CommandGroup::designs, "run", add});

}  // namespace
}  // namespace millwright::app
