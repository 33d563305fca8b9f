// millwright run: the main job.
#include <iostream>

#include <nlohmann/json.hpp>

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

int run_command(const RunArguments& arguments, const Common& common) {
    ScenarioText text = value_or_throw(read_scenario(arguments.scenario));
    const std::string name = text.name.value;
    // a folder that cannot be used is told before long work; faults of the file come first
    const auto folder = [&] {
        return output_folder(arguments.out, name, "study.json",
                             {"study.json", "report.html", "trace.json"});
    };
    const std::string out = text.faults.empty() ? folder() : "";
    const RunAnswer answer = value_or_throw(run(RunQuestion{std::move(text), arguments.flows},
                                                {catalog(common), common.threads, show_progress}));
    show_progress("", 1);
    const std::string json = json_text(study_json(answer.study)) + "\n";
    const DrawnStep& step = answer.best;
    write_or_throw(out, {{"study.json", json},
                         {"report.html", study_html(answer.study)},
                         {"trace.json", trace_json(step.tasks, step.layers, step.title)}});
    std::cout << (common.json ? json : study_text(answer.study));
    std::cerr << "wrote study.json, report.html and trace.json to " << out << "\n";
    return any_feasible(answer.study) ? exit_done : exit_impossible;
}

}  // namespace millwright::app
