// millwright validate: predictions against published measurements.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/bounds.h"
#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/log_file.h"
#include "millwright/base/text.h"
#include "millwright/report/evidence_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {
namespace {

struct ValidateArguments {
    ValidateQuestion question;
    std::string kind, table;
    bool rows = false;
};

/// Errors are the result, however large: the exit code is 0 for any table that can be read.
int run(ValidateArguments a, const Common& common) {
    a.question.kind = enum_named<EvidenceKind>(a.kind).value();
    if (a.question.kind == EvidenceKind::requests) {
        a.question.log = log_of(measurements_from(a.table), a.table);
        a.question.each_request = a.rows;
    } else {
        a.question.table = table_from(a.table);
    }
    const ValidateAnswer answer = value_or_throw(validate(a.question, setting_of(common)));
    std::cout << (common.json ? json_text(validation_json(answer)) + "\n"
                              : validation_text(answer, a.rows));
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("validate", "hold predictions against measurements");
    command->footer(
        "\nColumns of a table: docs/reference/tables.md. Errors are predicted over\n"
        "printed, less one; skipped rows say why in --json and --rows.\n");
    auto a = std::make_shared<ValidateArguments>();
    command->add_option("kind", a->kind, join(names_of<EvidenceKind>(), ", "))
        ->required()
        ->check(CLI::IsMember(names_of<EvidenceKind>()));
    command->add_option("table", a->table, "table of measurements (CSV), or a log of requests")
        ->required()
        ->type_name("FILE");
    command->add_option("--group-by", a->question.group_by, join(group_keys(), ", "))
        ->delimiter(',')
        ->check(CLI::IsMember(group_keys()))
        ->capture_default_str();
    command
        ->add_option("--family", a->question.family,
                     "kernels: predict every chip from this family and its datasheet")
        ->type_name("KERNEL");
    command->add_flag("--rows", a->rows, "print every row");
    command
        ->add_option("--framework", a->question.framework,
                     "training and sweep: of all rows, in place of what each row says")
        ->type_name("FRAMEWORK");
    command->callback([a, &common, &exit_code] { exit_code = run(*a, common); });
}

const Registered registered({CommandGroup::measurements, "validate", add});

}  // namespace
}  // namespace millwright::app
