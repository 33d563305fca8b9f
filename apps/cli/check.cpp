// millwright check: are these files well formed?
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "millwright/base/faults.h"
#include "millwright/report/check_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {
namespace {

/// The faults of every file end the command; what is sound is told before. With --json the answer
/// of each file is printed whether sound or not, and exit code 2 still says that one is not. One
/// file gives an object, several a list.
int run(const std::vector<std::string>& paths, const Common& common) {
    Faults faults;
    std::string text;
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const std::string& path : paths) {
        const auto answer = check({path}, setting_of(common));
        if (!answer) append(faults, answer.error());
        if (answer) text += check_text(path, *answer);
        json.push_back(check_json(path, answer));
    }
    if (common.json) text = json_text(json.size() == 1 ? json.front() : json) + "\n";
    std::cout << text;
    if (!faults.empty()) throw UserFault{std::move(faults)};
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("check", "check scenarios, models and catalog folders");
    command->footer(
        "\nTakes scenario files, Hugging Face config.json files and folders of catalog\n"
        "parts; prints every fault with its place and a hint.\n");
    auto paths = std::make_shared<std::vector<std::string>>();
    command->add_option("paths", *paths, "files and folders")->required()->type_name("PATH");
    command->callback([paths, &common, &exit_code] { exit_code = run(*paths, common); });
}

const Registered registered({CommandGroup::catalog, "check", add});

}  // namespace
}  // namespace millwright::app
