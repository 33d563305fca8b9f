// millwright show: one part with the source of each figure.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "millwright/report/json_text.h"
#include "millwright/report/part_list.h"

namespace millwright::app {
namespace {

int run(const ShowQuestion& question, const Common& common) {
    const ShowAnswer answer = value_or_throw(show(question, setting_of(common)));
    std::cout << (common.json ? json_text(part_json(answer.part, catalog(common))) + "\n"
                              : part_text(answer.part, catalog(common)));
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("show", "show one part with the source of each figure");
    command->footer("\nExamples: millwright show chip h20, millwright show model deepseek-v3\n");
    auto question = std::make_shared<ShowQuestion>();
    command->add_option("kind", question->kind, "kind of part, such as chip")
        ->required()
        ->type_name("KIND");
    command->add_option("name", question->name, "id, name or alias")->required()->type_name("NAME");
    command->callback([question, &common, &exit_code] { exit_code = run(*question, common); });
}

const Registered registered({CommandGroup::catalog, "show", add});

}  // namespace
}  // namespace millwright::app
