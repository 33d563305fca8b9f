// The program: outcomes to exit codes, faults and bugs to stderr.
//
// What is printed goes through a stream that makes it printable. The bar of progress alone passes
// it, as it is made of control characters. Memory that runs out is a fault, since a smaller
// question mends it; any other exception is a bug.
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>

#include <unistd.h>

#include <fmt/format.h>

#include "apps/cli/arguments.h"
#include "apps/cli/commands.h"
#include "millwright/base/names.h"
#include "millwright/base/text.h"
#include "millwright/report/terminal.h"

namespace millwright::app {

CsvTable table_from(const std::string& path) {
    constexpr std::size_t limit = 64'000'000;
    const FileText file = read_file(path, limit);
    if (!file.ok) {
        throw UserFault{{{{path, 0, 0},
                          "the table " + file.why,
                          "give a CSV file; docs/reference/tables.md has the columns"}}};
    }
    return value_or_throw(parse_csv(file.text, path));
}

const Catalog& catalog(const Common& common) {
    if (common.catalog_folder.empty()) return built_in_catalog();
    if (!common.own) common.own = value_or_throw(load_catalog(common.catalog_folder));
    return *common.own;
}

Setting setting_of(const Common& common) {
    Setting setting{.threads = common.threads, .progress = show_progress};
    if (!common.catalog_folder.empty()) setting.catalog = catalog(common);
    return setting;
}

void show_progress(std::string_view label, double share) {
    if (isatty(STDERR_FILENO) == 0) return;
    std::string text = "\r\033[K";  // meant for the terminal: past what makes streams printable
    if (!label.empty()) {
        constexpr int width = 30;
        const int full = static_cast<int>(share * width);
        text += fmt::format("[{:#>{}}{:.>{}}] {}", "", full, "", width - full, printable(label));
    }
    std::fputs(text.c_str(), stderr);
}

namespace {

/// Clears the bar first, or the faults would stand behind it.
int report(const Faults& faults) {
    show_progress("", 0);
    std::cerr << to_text(faults);
    return exit_fault;
}

}  // namespace
}  // namespace millwright::app

int main(int argc, char** argv) {
    using namespace millwright;
    const PrintableStream results(std::cout);
    const PrintableStream messages(std::cerr);
    std::signal(SIGXFSZ, SIG_IGN);  // a full quota is a fault to report, not a signal to die of
    try {
        const int code = app::parse_and_run(argc, argv);
        // results are complete or the exit code says so: a full disk shows no sooner than here
        std::cout.flush();
        if (!std::cout) {
            return app::report({{{"stdout", 0, 0},
                                 "cannot write the result",
                                 "is the disk full, or the reader gone?"}});
        }
        return code;
    } catch (const app::UserFault& fault) {
        return app::report(fault.faults);
    } catch (const std::bad_alloc&) {
        return app::report({{{"memory", 0, 0},
                             "there is not enough memory for this",
                             "ask for fewer flows, ranks or rows at once"}});
    } catch (const std::exception& error) {
        app::show_progress("", 0);
        std::cerr << "millwright: this is a bug, please report it: " << error.what() << "\n";
        return app::exit_bug;
    }
}
