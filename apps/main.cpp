// The command line: parses arguments, calls the library, prints, and maps outcomes to exit codes.
#include <csignal>
#include <exception>
#include <iostream>

#include <unistd.h>

#include <fmt/format.h>

#include "apps/command.h"

namespace millwright::app {

const Catalog& catalog(const Common& common) {
    if (common.catalog_folder.empty()) return built_in_catalog();
    static const Catalog extended = value_or_throw(load_catalog(common.catalog_folder));
    return extended;
}

void show_progress(std::string_view label, double share) {
    static const bool terminal = isatty(STDERR_FILENO) != 0;
    if (!terminal) return;
    if (label.empty()) {
        std::cerr << "\r\033[K" << std::flush;
        return;
    }
    constexpr int width = 30;
    const int full = static_cast<int>(share * width);
    std::cerr << fmt::format("\r\033[K[{:#>{}}{:.>{}}] {}", "", full, "", width - full, label)
              << std::flush;
}

namespace {

constexpr const char* description =
    "Millwright designs AI factories before anyone pours concrete: which chips a buyer may have,\n"
    "how to wire them, how fast they train and serve a model, and what that costs.\n";

constexpr const char* footer =
    "\nExamples:\n"
    "  millwright run examples/yiwu-115k/scenario.toml --out out\n"
    "  millwright plan --model llama-3.1-405b --server hgx-h100 --chips 16384\n"
    "  millwright list chips\n"
    "  millwright show chip h20\n"
    "  millwright validate training tests/published/training.csv\n"
    "\nExit codes: 0 done, 1 no factory can run any job, 2 faulty input or arguments, 70 a bug.\n";

int report(const Faults& faults) {
    show_progress("", 0);
    std::cerr << to_text(faults);
    return exit_fault;
}

int parse_and_run(int argc, char** argv) {
    CLI::App app{description};
    app.footer(footer);
    app.set_version_flag("--version", "millwright " MILLWRIGHT_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    Common common;
    app.add_flag("--json", common.json, "print the result as JSON");
    app.add_option("--catalog", common.catalog_folder,
                   "folder of your own chips, servers, models, ... added to the catalog");
    app.add_option("--threads", common.threads, "threads at most; 0 for all cores")
        ->check(CLI::Range(0, 1024));
    int exit_code = exit_done;
    for (const auto add : {add_run, add_plan, add_compare, add_list, add_show, add_check,
                           add_validate, add_completion}) {
        add(app, common, exit_code);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error, std::cout, std::cerr);
        return code == 0 ? exit_done : exit_fault;
    }
    return exit_code;
}

}  // namespace
}  // namespace millwright::app

int main(int argc, char** argv) {
    using namespace millwright;
    std::signal(SIGXFSZ, SIG_IGN);  // a full quota is a fault to report, not a signal to die of
    try {
        const int code = app::parse_and_run(argc, argv);
        std::cout.flush();
        if (!std::cout) return app::report({{{"stdout", 0, 0}, "cannot write the result", ""}});
        return code;
    } catch (const app::UserFault& fault) {
        return app::report(fault.faults);
    } catch (const std::exception& error) {
        app::show_progress("", 0);
        std::cerr << "millwright: this is a bug, please report it: " << error.what() << "\n";
        return app::exit_bug;
    }
}
