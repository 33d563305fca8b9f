// millwright books: what factories come to in money, and how sure that is.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/output.h"
#include "millwright/api/books.h"
#include "millwright/base/faults.h"
#include "millwright/base/units.h"
#include "millwright/intake/read.h"
#include "millwright/report/books_files.h"
#include "millwright/report/books_json.h"
#include "millwright/report/books_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {
namespace {

/// Options as typed.
struct BooksArguments {
    std::string scenario, out, must, by;
    std::vector<std::string> break_even;
    std::int64_t samples = 2000, seed = 1, base_points = 128, search_again = 8;
};

/// "npv=0", "chip_hour=2 USD": an output and what it must be.
std::optional<MustQuestion> must_of(const BooksArguments& a, Faults& faults) {
    if (a.must.empty() && a.by.empty()) return std::nullopt;
    if (a.must.empty() || a.by.empty()) {
        faults.push_back({{a.must.empty() ? "--by" : "--must", 0, 0},
                          "--must and --by belong together",
                          "--must npv=0 --by books.utilisation"});
        return std::nullopt;
    }
    const std::size_t equals = a.must.rfind('=');
    std::string why = "it says no value";
    const auto value =
        equals == std::string::npos ? std::nullopt : parse_quantity(a.must.substr(equals + 1), why);
    if (!value) {
        faults.push_back({{"--must", 0, 0}, why, "an output and a value, such as npv=0"});
        return std::nullopt;
    }
    return MustQuestion{a.by, a.must.substr(0, equals), value->si};
}

/// Files are written before the text is printed, so that a failed run prints nothing.
int run_books(const BooksArguments& a, const Common& common) {
    Faults faults;
    BooksQuestion question{.samples = a.samples,
                           .seed = a.seed,
                           .base_points = a.base_points,
                           .search_again = a.search_again,
                           .must = must_of(a, faults),
                           .break_even = a.break_even};
    if (!a.out.empty()) append(faults, check_output(a.out, books_file_names()));
    if (!faults.empty()) throw UserFault{std::move(faults)};
    question.scenario = value_or_throw(read_scenario(a.scenario));
    const BooksAnswer answer = value_or_throw(books(question, setting_of(common)));
    show_progress("", 1);
    if (!a.out.empty()) {
        std::vector<OutputFile> files;
        for (auto& [name, text] : books_files(answer)) files.push_back({name, std::move(text)});
        write_or_throw(a.out, files);
        std::cerr << "wrote " << join(books_file_names(), ", ") << " to " << a.out << "\n";
    }
    std::cout << (common.json ? json_text(books_json(answer)) + "\n" : books_text(answer));
    return answer.books.factories.empty() ? exit_impossible : exit_done;
}

void add_options(CLI::App& command, BooksArguments& a) {
    constexpr std::int64_t most_samples = 1'000'000, most_points = 65'536;
    command.add_option("scenario", a.scenario, "scenario file (TOML)")
        ->required()
        ->type_name("FILE");
    command.add_option("--samples", a.samples, "of what is uncertain; 2000 if left out")
        ->check(CLI::Range(std::int64_t{1}, most_samples));
    command.add_option("--seed", a.seed, "of what is drawn; 1 if left out")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{9'000'000'000'000'000}));
    command
        .add_option(
            "--base-points", a.base_points,
            "of indices and Shapley effects, each reckoned twice for every input; 128 if left\n"
            "out, 0: shares of first order from the samples alone")
        ->check(CLI::Range(std::int64_t{0}, most_points));
    command
        .add_option(
            "--search-again", a.search_again,
            "samples whose plans are searched again, to say what it costs to keep those of\n"
            "the scenario as it stands; 8 if left out")
        ->check(CLI::Range(std::int64_t{0}, most_samples));
    command.add_option("--must", a.must, "output and what it must be, such as npv=0");
    command.add_option("--by", a.by, "number that is looked for, such as books.utilisation")
        ->type_name("PATH");
    command
        .add_option("--break-even", a.break_even,
                    "two numbers over which the line is told on which the net present value is\n"
                    "nil; if left out, the two that it hangs on most")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("PATH,PATH");
    command
        .add_option(
            "--out", a.out,
            "folder for books.json, books.html, a page with charts, cash.csv, the cash of each\n"
            "month, fan.csv, its range over the samples, and break_even.csv")
        ->type_name("DIR");
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command =
        app.add_subcommand("books", "what factories earn and cost, and how sure that is");
    command->footer(
        "\nCapital, yearly cost, dollars a chip-hour and a million tokens, net present value, "
        "rate\n"
        "of return and payback of each factory, with ranges: numbers of [[uncertain]], figures by\n"
        "their grades, and how far off predictions may be. What drives them, what it is worth to\n"
        "know more, and what must be true. docs/books.md.\n"
        "Examples:\n"
        "  millwright books examples/factory-books/scenario.toml\n"
        "  millwright books examples/factory-books/scenario.toml --must npv=0 --by "
        "books.utilisation\n"
        "  millwright books examples/factory-books/scenario.toml --samples 10000 --out "
        "out/books\n");
    auto a = std::make_shared<BooksArguments>();
    add_options(*command, *a);
    command->callback([a, &common, &exit_code] { exit_code = run_books(*a, common); });
}

const Registered registered({CommandGroup::designs, "books", add});

}  // namespace
}  // namespace millwright::app
