// millwright compare: why two scenarios or two factories differ, term by term.
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "millwright/base/faults.h"
#include "millwright/factory/overrides.h"
#include "millwright/intake/read.h"
#include "millwright/report/compare_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {
namespace {

struct Arguments {
    std::string a, b;
    std::vector<std::string> factories;
};

/// All that is wrong with one of the files, as if it were asked about alone.
Faults faults_of(const Result<ScenarioText>& read, const Setting& setting) {
    if (!read) return read.error();
    const auto resolved = resolve_with_overrides(*read, setting.catalog);
    return resolved ? Faults{} : resolved.error();
}

/// The files, or the faults of both where one cannot be read at all.
Result<CompareQuestion> question_of(const Arguments& arguments, const Setting& setting) {
    std::optional<FactoryPair> pair;
    if (!arguments.factories.empty()) {
        pair = FactoryPair{arguments.factories[0], arguments.factories[1]};
    }
    auto a = read_scenario(arguments.a);
    if (arguments.b.empty()) {
        if (!a) return failure(a.error());
        return CompareQuestion{std::move(*a), std::nullopt, std::move(pair)};
    }
    auto b = read_scenario(arguments.b);
    if (a && b) return CompareQuestion{std::move(*a), std::move(*b), std::move(pair)};
    Faults faults = faults_of(a, setting);
    append(faults, faults_of(b, setting));
    return failure(std::move(faults));
}

/// What differs is a result and no failure: the exit code is 0 with or without.
int run_command(const Arguments& arguments, const Common& common) {
    const Setting setting = setting_of(common);
    const CompareQuestion question = value_or_throw(question_of(arguments, setting));
    const CompareAnswer answer = value_or_throw(compare(question, setting));
    show_progress("", 1);
    std::cout << (common.json ? json_text(compare_json(answer)) + "\n" : compare_text(answer));
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command =
        app.add_subcommand("compare", "explain how two scenarios or factories differ");
    command->footer(
        "\nFactories and jobs are matched by name; numbers of JSON are in SI units.\n"
        "With --factories one factory of A is explained against one of B, or two of A alone.\n");
    auto arguments = std::make_shared<Arguments>();
    command->add_option("a", arguments->a, "first scenario")->required()->type_name("FILE");
    command
        ->add_option("b", arguments->b, "second scenario; A itself where --factories has two of it")
        ->type_name("FILE");
    command->add_option("--factories", arguments->factories, "two factories: one of A, one of B")
        ->expected(2)
        ->type_name("FACTORY");
    command->callback(
        [arguments, &common, &exit_code] { exit_code = run_command(*arguments, common); });
}

const Registered registered({CommandGroup::designs, "compare", add});

}  // namespace
}  // namespace millwright::app
