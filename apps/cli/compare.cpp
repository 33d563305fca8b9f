// millwright compare: why two scenarios differ, term by term.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "millwright/intake/read.h"
#include "millwright/report/compare_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {
namespace {

struct Arguments {
    std::string a, b;
};

/// What differs is a result and no failure: the exit code is 0 with or without.
int run_command(const Arguments& arguments, const Common& common) {
    const CompareQuestion question{value_or_throw(read_scenario(arguments.a)),
                                   value_or_throw(read_scenario(arguments.b))};
    const CompareAnswer answer = value_or_throw(compare(question, setting_of(common)));
    show_progress("", 1);
    std::cout << (common.json ? json_text(compare_json(answer)) + "\n" : compare_text(answer));
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("compare", "explain how two scenarios differ");
    command->footer("\nFactories and jobs are matched by name; numbers of JSON are in SI units.\n");
    auto arguments = std::make_shared<Arguments>();
    command->add_option("a", arguments->a, "first scenario")->required()->type_name("FILE");
    command->add_option("b", arguments->b, "second scenario")->required()->type_name("FILE");
    command->callback(
        [arguments, &common, &exit_code] { exit_code = run_command(*arguments, common); });
}

const Registered registered({CommandGroup::designs, "compare", add});

}  // namespace
}  // namespace millwright::app
