// millwright calibrate: catalog figures from measurements of one's own.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/log_file.h"
#include "apps/cli/output.h"
#include "millwright/report/evidence_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {
namespace {

struct CalibrateArguments {
    CalibrationOptions options;
    std::string table, kind, out;
};

/// What is asked of a file: it is read once, as it may be a pipe.
CalibrateQuestion question_of(const CalibrateArguments& a) {
    CalibrateQuestion q{.table = {}, .options = a.options};
    if (!a.kind.empty()) q.options.kind = enum_named<CalibrationKind>(a.kind);
    const std::string text = measurements_from(a.table);
    const bool log =
        q.options.kind ? q.options.kind == CalibrationKind::requests : looks_like_log(text);
    if (log) {
        q.log = log_of(text, a.table);
        q.log_file = a.table;
    } else {
        q.table = value_or_throw(parse_csv(text, a.table));
    }
    return q;
}

/// What was written, and how to use it: on stderr, since stdout holds the result alone.
void tell(const CalibrateAnswer& answer, const std::string& out) {
    if (answer.kernels) {
        std::cerr << "wrote " << answer.files.size() << " kernel families to " << out
                  << "; use them with --catalog " << out << "\n";
        return;
    }
    if (answer.serving) {
        std::vector<std::string> ids;
        for (const EngineFit& fit : answer.serving->engines) ids.push_back(fit.engine.id);
        std::cerr << "wrote " << (ids.size() == 1 ? "engine " : "engines ") << join(ids, ", ")
                  << (answer.files.size() > ids.size() ? " and bands to " : " to ") << out
                  << "; `serve` and `validate serving` use them with --catalog " << out << "\n";
        return;
    }
    const std::string& id = answer.runs->framework.id;
    std::cerr << "wrote framework " << id << " and its bands to " << out
              << "; `plan` and `validate training` use it with --framework " << id << " --catalog "
              << out << ", a scenario's job with framework = \"" << id << "\"\n";
}

/// The folder is looked at before the fit, so that no work is lost for a wrong name.
int run(const CalibrateArguments& a, const Common& common) {
    const CalibrateQuestion question = question_of(a);
    if (Faults faults = check_output(a.out); !faults.empty()) throw UserFault{faults};
    const CalibrateAnswer answer = value_or_throw(calibrate(question, setting_of(common)));
    std::vector<OutputFile> files;
    for (const CalibratedFile& file : answer.files) files.push_back({file.path, file.text});
    write_or_throw(a.out, files);
    std::cout << (common.json ? json_text(calibration_json(answer)) + "\n"
                              : calibration_text(answer));
    tell(answer, a.out);
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command =
        app.add_subcommand("calibrate", "fit catalog figures to your own measurements");
    command->footer(
        "\nA table of kernels (columns id, chip, kernel, dtype, shape, time_us) gives kernel\n"
        "families; a table of runs (columns of training.csv) gives factors for compute,\n"
        "memory and each kind of communication; a table of served runs, or a log of requests\n"
        "with its settings beside it, figures of the engines that served them. Columns:\n"
        "docs/reference/tables.md. The result is a catalog folder: --catalog DIR uses it,\n"
        "with --framework NAME for runs.\n");
    auto a = std::make_shared<CalibrateArguments>();
    command->add_option("table", a->table, "table of measurements (CSV), or a log of requests")
        ->required()
        ->type_name("FILE");
    command->add_option("--out", a->out, "catalog folder to write")->required()->type_name("DIR");
    command
        ->add_option("--kind", a->kind,
                     "what the file holds, where its columns do not tell: " +
                         join(names_of<CalibrationKind>(), ", "))
        ->check(CLI::IsMember(names_of<CalibrationKind>()));
    command->add_option("--framework", a->options.framework, "of runs of training, such as nemo")
        ->capture_default_str()
        ->type_name("FRAMEWORK");
    command->add_option("--title", a->options.title, "title of the source; the file if left out");
    command->add_option("--publisher", a->options.publisher, "who measured")->capture_default_str();
    command->add_option("--dated", a->options.dated, "when, as YYYY, YYYY-MM or YYYY-MM-DD");
    command->callback([a, &common, &exit_code] { exit_code = run(*a, common); });
}

const Registered registered({CommandGroup::measurements, "calibrate", add});

}  // namespace
}  // namespace millwright::app
