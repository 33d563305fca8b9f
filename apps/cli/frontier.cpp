// millwright rules frontier: the best lawful factory, month by month.
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/cli/output.h"
#include "apps/cli/rules.h"
#include "millwright/report/frontier_text.h"
#include "millwright/report/html.h"
#include "millwright/report/json_text.h"

namespace millwright::app {

int rules_frontier_command(const RunArguments& a, const Common& common) {
    const FrontierText text = value_or_throw(read_frontier(a.scenario));
    const Frontier frontier = value_or_throw(resolve(text, catalog(common)));
    const std::string folder =
        output_folder(a.out, frontier.name, "frontier.json", {"frontier.json", "frontier.html"});
    const FrontierStudy study =
        run(frontier, catalog(common), {.threads = common.threads, .progress = show_progress});
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
