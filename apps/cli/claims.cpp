// millwright claims check: which claims of a text fit together and with the record.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "millwright/api/claims.h"
#include "millwright/report/claims_json.h"
#include "millwright/report/claims_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {
namespace {

int run_check(const std::string& path, const Common& common) {
    const ClaimsAnswer answer =
        value_or_throw(check_claims({value_or_throw(read_claims(path))}, setting_of(common)));
    std::cout << (common.json ? json_text(claims_json(answer)) + "\n" : claims_text(answer));
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("claims", "what a text claims, checked");
    command->require_subcommand(1);
    command->footer("\nExample:\n  millwright claims check examples/article-claims/claims.toml\n");
    CLI::App* check =
        command->add_subcommand("check", "find claims that contradict each other or the record");
    check->footer(
        "\nA file has [[claim]]s, what a text says; [[fact]]s, what is known; and "
        "[[constraint]]s,\n"
        "what must hold between them, such as \"cap == price * shares\" within 5 %. The answer is\n"
        "a verdict on each claim and the smallest sets that cannot be true together; finding some\n"
        "is no fault: the exit code is 0. docs/claims.md has the language.\n"
        "Examples:\n"
        "  millwright claims check examples/article-claims/claims.toml\n"
        "  millwright claims check examples/article-claims/claims.toml --json\n");
    auto path = std::make_shared<std::string>();
    check->add_option("claims", *path, "the file")->type_name("FILE")->required();
    check->callback([path, &common, &exit_code] { exit_code = run_check(*path, common); });
}

const Registered registered({CommandGroup::measurements, "claims", add});

}  // namespace
}  // namespace millwright::app
