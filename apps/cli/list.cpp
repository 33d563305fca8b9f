// millwright list: the parts of a kind.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/format.h"
#include "millwright/report/json_csv.h"
#include "millwright/report/json_text.h"
#include "millwright/report/part_list.h"

namespace millwright::app {
namespace {

struct ListArguments {
    ListQuestion question;
    bool ids = false;
    std::shared_ptr<std::string> format;
};

/// Ids are a line each for scripts, or a list of JSON.
int run(const ListArguments& a, const Common& common) {
    const Format format = format_of(*a.format, common);
    if (format == Format::csv) format_of(*a.format, common, {{"--ids", a.ids}});
    const ListAnswer answer = value_or_throw(list(a.question, setting_of(common)));
    if (a.ids) {
        const std::vector<std::string> ids = list_ids(answer);
        std::cout << (format == Format::json ? json_text(nlohmann::ordered_json(ids))
                                             : join(ids, "\n"))
                  << "\n";
    } else if (format == Format::json) {
        std::cout << json_text(list_json(answer, catalog(common))) << "\n";
    } else if (format == Format::csv) {
        std::cout << json_csv(list_json(answer, catalog(common)));
    } else {
        std::cout << list_text(answer);
    }
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("list", "list the parts of the catalog");
    command->footer("\nKinds: " + join(part_kinds(), ", ") + ".\n");
    auto a = std::make_shared<ListArguments>();
    command->add_option("kind", a->question.kind, "kind of part, such as chips")
        ->required()
        ->type_name("KIND");
    command->add_flag("--ids", a->ids, "ids alone, a line each");
    a->format = add_format(*command, {Format::text, Format::csv, Format::json});
    command->callback([a, &common, &exit_code] { exit_code = run(*a, common); });
}

const Registered registered({CommandGroup::catalog, "list", add});

}  // namespace
}  // namespace millwright::app
