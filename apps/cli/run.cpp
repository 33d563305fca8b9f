// millwright run: the main job.
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/output.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"
#include "millwright/report/html.h"
#include "millwright/report/json.h"
#include "millwright/report/json_text.h"
#include "millwright/report/study_text.h"
#include "millwright/report/trace.h"

namespace millwright::app {
namespace {

constexpr std::int64_t most_traced_tasks = 200'000;
constexpr double most_step_flows = 3e7;  // where the user asks for large steps by flows

/// A trace of the best plan: the first job that the best-ranked factory with one can run.
std::string best_trace(const Study& study, const Scenario& scenario) {
    for (const std::size_t i : study.ranking) {
        for (std::size_t k = 0; k < scenario.jobs.size(); ++k) {
            const JobReport& job = study.factories[i].jobs[k];
            if (!job.feasible) continue;
            const TrainContext context =
                train_context(scenario, scenario.factories[i], scenario.jobs[k]);
            const Plan drawn = shortened(job.plan, most_traced_tasks);
            std::string title = study.factories[i].name + ": " + job.job;
            if (drawn != job.plan) {
                title += fmt::format(" (shortened to {} of {} micro-batches)", micro_batches(drawn),
                                     micro_batches(job.plan));
            }
            return trace_json(timeline(context, drawn), layer_timeline(context, drawn), title);
        }
    }
    return trace_json({}, {}, "nothing can run");
}

}  // namespace

int run_command(const RunArguments& arguments, const Common& common) {
    const ScenarioText text = value_or_throw(read_scenario(arguments.scenario));
    const Scenario scenario = value_or_throw(resolve(text, catalog(common)));
    const std::string folder = output_folder(arguments.out, scenario.name, "study.json",
                                             {"study.json", "report.html", "trace.json"});
    RunOptions options{.threads = common.threads, .progress = show_progress};
    if (arguments.flows) options.most_flows = most_step_flows;
    const Study study = run(scenario, catalog(common), options);
    show_progress("", 1);
    const std::string json = json_text(study_json(study)) + "\n";
    write_or_throw(folder, {{"study.json", json},
                            {"report.html", study_html(study)},
                            {"trace.json", best_trace(study, scenario)}});
    std::cout << (common.json ? json : study_text(study));
    std::cerr << "wrote study.json, report.html and trace.json to " << folder << "\n";
    return any_feasible(study) ? exit_done : exit_impossible;
}

}  // namespace millwright::app
