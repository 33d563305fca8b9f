// millwright rules frontier: the best lawful factory, month by month.
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/cli/output.h"
#include "apps/cli/rules.h"
#include "millwright/api/frontier.h"
#include "millwright/report/frontier_text.h"
#include "millwright/report/html.h"
#include "millwright/report/json_text.h"

namespace millwright::app {

/// The folder depends on the name in the file, so it is looked at once that is read, and before the
/// search. Files are written before the text is printed, so that a failed run prints nothing.
int rules_frontier_command(const FrontierArguments& a, const Common& common) {
    const Setting with = setting_of(common);
    FrontierQuestion question = value_or_throw(frontier_question(a.scenario, with));
    question.optimistic = a.optimistic;
    const std::string folder = output_folder(a.out, question.frontier.name, "frontier.json",
                                             {"frontier.json", "frontier.html"});
    const FrontierAnswer study = value_or_throw(frontier(question, with));
    show_progress("", 1);
    const nlohmann::ordered_json json = frontier_json(study);
    const std::string page =
        rules_html(study.name, study.job + " within " + study.bounds + " · not legal advice", json);
    write_or_throw(folder, {{"frontier.json", json_text(json) + "\n"}, {"frontier.html", page}});
    std::cout << (common.json ? json_text(json) + "\n" : frontier_text(study));
    std::cerr << "wrote frontier.json and frontier.html to " << folder << "\n";
    return exit_done;
}

}  // namespace millwright::app
