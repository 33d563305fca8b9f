// The program's own options, and how a command is found and run.
//
// CLI11 stops at the first fault and tells what is missing before what is misspelt. So words are
// held against the description of the program first (command_words.h), and what CLI11 throws is
// looked at again for all that is wrong. Both read the one description, so a command has nothing to
// add.
#include "apps/cli/arguments.h"

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/command_words.h"
#include "apps/cli/commands.h"
#include "apps/cli/completion.h"
#include "millwright/base/faults.h"
#include "millwright/base/text.h"

namespace millwright::app {
namespace {

constexpr const char* description =
    "Millwright designs AI factories before anyone pours concrete: which chips a buyer may have,\n"
    "how to wire them, how fast they train and serve a model, and what that costs.\n";

constexpr const char* footer =
    "\nExamples:\n"
    "  millwright init scenario mine.toml\n"
    "  millwright run examples/yiwu-115k/scenario.toml --out out\n"
    "  millwright plan --model llama-3.1-405b --server hgx-h100 --chips 16384\n"
    "  millwright list chips\n"
    "  millwright show chip h20\n"
    "  millwright explain LIC_CBC\n"
    "  millwright rules check --chip h20 --to CN --date 2025-07-20\n"
    "  millwright validate training tests/published/training.csv\n"
    "\nExit codes: 0 done, 1 no factory can run any job, 2 faulty input or arguments, 70 a bug.\n";

/// Words that nobody knows are told before what is missing: it may be what they mean.
void check_words(const CLI::App& app, const std::vector<std::string>& words) {
    Faults faults;
    for (const std::string& word : words) {
        if (first_invalid_utf8(word) == std::string::npos) continue;
        faults.push_back({{"", 0, 0},
                          "the argument '" + word + "' is not UTF-8",
                          "write it, and the names of files, in UTF-8"});
    }
    if (faults.empty()) faults = read_words(app, words).unknown;
    if (!faults.empty()) throw UserFault{std::move(faults)};
}

/// Options that the command lacks, or the commands below it.
Faults missing_faults(const CommandWords& read) {
    const std::string name = full_name(read);
    Faults faults;
    for (const CLI::Option* option : read.command().get_options()) {
        if (!option->get_required() || option->count() > 0) continue;
        faults.push_back({{"", 0, 0},
                          name + " needs " + shown_name(*option),
                          option->get_description() + "; see `" + name + " --help`"});
    }
    const std::vector<std::string> below = commands_below(read.command());
    if (!below.empty()) {
        faults.push_back({{"", 0, 0}, name + " needs a command", "commands: " + join(below, ", ")});
    }
    return faults;
}

/// Words that are none of those that their option takes. `told`: what the parser said of one, which
/// begins with the option's name; it is emptied where it is said better here.
Faults choice_faults(const CommandWords& read, std::string& told) {
    Faults faults;
    for (const CLI::Option* option : read.command().get_options()) {
        const std::vector<std::string> known = choices_of(*option);
        for (const std::string& word : option->results()) {
            if (known.empty() || std::ranges::find(known, word) != known.end()) continue;
            if (told.starts_with(option->get_name() + ":")) told.clear();
            faults.push_back(
                {{"", 0, 0},
                 fmt::format("{} of {} cannot be '{}'", shown_name(*option), full_name(read),
                             excerpt(word)),
                 join_hints({did_you_mean(word, known), "choose one of " + join(known, ", ")})});
        }
    }
    return faults;
}

/// What the parser found, in our words and all at once: what is none of a set, what is missing. The
/// parser's own words stay for the rest, such as a number out of its range.
Faults argument_faults(const CLI::App& app, const std::vector<std::string>& words,
                       const CLI::ParseError& error) {
    const CommandWords read = read_words(app, words);
    std::string told = error.what();
    Faults faults = choice_faults(read, told);
    append(faults, missing_faults(read));
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !faults.empty())
        return faults;
    if (!told.empty()) {
        faults.push_back({{"", 0, 0}, told, "see `" + full_name(read) + " --help`"});
    }
    return faults;
}

}  // namespace

int parse_and_run(int argc, char** argv) {
    CLI::App app{description};
    app.footer(footer);
    app.set_version_flag("--version", "millwright " MILLWRIGHT_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    // behind the commands' callbacks, which refer to both; they run within `parse`
    Common common;
    app.add_flag("--json", common.json, "print the result as JSON");
    app.add_option("--catalog", common.catalog_folder,
                   "folder of your own chips, servers, models, ... added to the catalog")
        ->type_name("DIR");
    app.add_option("--threads", common.threads, "threads at most; 0 for all cores")
        ->check(CLI::Range(0, 1024));
    int exit_code = exit_done;
    for (const Command& command : commands()) {
        command.add(app, common, exit_code);
        app.get_subcommand(std::string(command.name))->group(std::string(name_of(command.group)));
    }
    // after all commands are there, since it walks their options
    accept_written_numbers(app);
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    // no words are checked: a line that is being typed is not whole yet
    if (!words.empty() && words[0] == completion_request) {
        std::cout << completions(app, {words.begin() + 1, words.end()});
        return exit_done;
    }
    // who types the name alone asks what there is: no fault
    if (words.empty()) {
        if (argc > 0) app.name(argv[0]);  // as parsing would
        std::cout << app.help();
        return exit_done;
    }
    check_words(app, words);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) throw UserFault{argument_faults(app, words, error)};
        // help and version, which CLI11 throws too
        app.exit(error, std::cout, std::cerr);
    }
    return exit_code;
}

}  // namespace millwright::app
