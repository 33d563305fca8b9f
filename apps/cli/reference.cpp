// millwright reference: the keys of files and of answers.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "millwright/report/json_text.h"
#include "millwright/report/reference.h"

namespace millwright::app {
namespace {

int run(const std::string& page, const Common& common) {
    const std::string text = page == "json" ? study_json_page() : keys_page();
    if (common.json) {
        std::cout << json_text({{"page", page}, {"markdown", text}}) << "\n";
    } else {
        std::cout << text;
    }
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("reference", "print the keys of files, or of JSON");
    command->footer(
        "\nkeys: of scenarios, frontiers, fabrics and parts of the catalog, each with its range.\n"
        "json: of study.json, plan --json and serve --json.\n"
        "Both are Markdown, as under docs/reference.\n");
    auto page = std::make_shared<std::string>("keys");
    command->add_option("page", *page, "keys or json")
        ->capture_default_str()
        ->check(CLI::IsMember({"keys", "json"}));
    command->callback([page, &common, &exit_code] { exit_code = run(*page, common); });
}

const Registered registered({CommandGroup::catalog, "reference", add});

}  // namespace
}  // namespace millwright::app
