// millwright run: the main job.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/format.h"
#include "apps/cli/output.h"
#include "millwright/api/run.h"
#include "millwright/intake/read.h"
#include "millwright/report/explain_text.h"
#include "millwright/report/html.h"
#include "millwright/report/json.h"
#include "millwright/report/json_text.h"
#include "millwright/report/study_text.h"
#include "millwright/report/trace.h"

namespace millwright::app {
namespace {

struct Arguments {
    std::string scenario, out;
    std::vector<std::string> factories;
    bool flows = false, optimistic = false, verbose = false, why = false;
    std::shared_ptr<std::string> format;
};

/// A folder that cannot be used is told before long work. Faults of the file come first: its name
/// may be one of them, so no folder is looked at then; `run` throws them.
std::string folder_for(const ScenarioText& text, const Arguments& arguments) {
    if (!text.faults.empty()) return "";
    return output_folder(arguments.out, text.name.value, "study.json",
                         {"study.json", "report.html", "trace.json"});
}

/// Indices of those asked for; an unknown name is a fault with the names that there are.
std::vector<std::size_t> asked_factories(const Arguments& arguments, const ScenarioText& text) {
    std::vector<std::string> names;
    for (const FactoryText& factory : text.factories) names.push_back(factory.name.value);
    std::vector<std::size_t> asked;
    Faults faults;
    for (const std::string& name : arguments.factories) {
        const auto found = std::ranges::find(names, name);
        if (found != names.end()) {
            asked.push_back(static_cast<std::size_t>(found - names.begin()));
            continue;
        }
        faults.push_back({{"--factory", 0, 0},
                          fmt::format("no factory is named '{}'", excerpt(name)),
                          "one of " + join(names, ", ")});
    }
    if (!faults.empty()) throw UserFault{std::move(faults)};
    return asked;
}

/// Why the best-ranked factory leads, against those asked for or else the next that does a job.
std::string why_text(const Study& study, const std::vector<std::size_t>& asked) {
    if (!any_feasible(study)) return "\nNo factory does a job: there is nothing to explain.\n";
    const std::vector<std::size_t> others = asked.empty() ? runners_up(study) : asked;
    if (others.empty()) return "\nNo other factory does a job to be held against.\n";
    std::string text;
    for (const std::size_t other : others) {
        text += "\n" + study_why_text(study, other);
        if (asked.empty()) break;
    }
    return text;
}

std::string shown(const Arguments& arguments, const Study& study,
                  const std::vector<std::size_t>& asked) {
    if (arguments.why) {
        return (arguments.verbose ? study_text(study) : study_summary_text(study)) +
               why_text(study, asked);
    }
    if (asked.empty()) return arguments.verbose ? study_text(study) : study_summary_text(study);
    std::string text;
    for (const std::size_t factory : asked) text += study_factory_text(study, factory);
    return text;
}

std::string in_form(Format format, const Arguments& arguments, const Study& study,
                    const std::string& json, const std::vector<std::size_t>& asked) {
    switch (format) {
        case Format::json: return json;
        case Format::csv: return study_csv(study);
        case Format::md: return study_markdown(study);
        case Format::text: break;
    }
    return shown(arguments, study, asked);
}

/// Files are written before the text is printed, so that a failed run prints nothing; exit code 1
/// where no factory can do any job, whose study is written all the same.
int run_command(const Arguments& arguments, const Common& common) {
    // JSON has all of -v and all factories
    const bool all = common.json || *arguments.format == "json";
    const Format format = format_of(*arguments.format, common,
                                    {{"--why", arguments.why},
                                     {"--verbose", arguments.verbose && !all},
                                     {"--factory", !arguments.factories.empty() && !all}});
    const RunQuestion question{value_or_throw(read_scenario(arguments.scenario)), arguments.flows,
                               arguments.optimistic};
    const std::string folder = folder_for(question.scenario, arguments);
    std::vector<std::size_t> asked;
    if (question.scenario.faults.empty()) asked = asked_factories(arguments, question.scenario);
    const RunAnswer answer = value_or_throw(run(question, setting_of(common)));
    show_progress("", 1);
    const std::string json = json_text(study_json(answer.study)) + "\n";
    const DrawnStep& step = answer.best;
    write_or_throw(folder, {{"study.json", json},
                            {"report.html", study_html(answer.study)},
                            {"trace.json", trace_json(step.tasks, step.layers, step.title)}});
    std::cout << in_form(format, arguments, answer.study, json, asked);
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
    command->add_flag("-v,--verbose", arguments->verbose,
                      "every factory's plans, power and price, and what they rest on");
    command
        ->add_option("--factory", arguments->factories,
                     "tell of this factory alone, with --why against it; repeatable")
        ->type_name("NAME");
    command->add_flag(
        "--why", arguments->why,
        "what makes the best-ranked factory's jobs dearer or cheaper, slower or faster, "
        "term by term, than the next one's");
    arguments->format = add_format(*command, {Format::text, Format::csv, Format::md, Format::json});
    command->add_flag("--optimistic", arguments->optimistic, optimistic_help);
    command->callback(
        [arguments, &common, &exit_code] { exit_code = run_command(*arguments, common); });
}

const Registered registered({CommandGroup::designs, "run", add});

}  // namespace
}  // namespace millwright::app
