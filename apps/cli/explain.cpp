// millwright explain: what a word or a code means.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "millwright/api/terms.h"
#include "millwright/report/json_text.h"
#include "millwright/report/term_text.h"

namespace millwright::app {
namespace {

/// A term of several words may come as several arguments; without any all terms are told.
int run(const std::vector<std::string>& words, const Common& common) {
    TermQuestion question;
    if (!words.empty()) question.word = join(words, " ");
    const TermAnswer answer = value_or_throw(explain_term(question, setting_of(common)));
    if (common.json) {
        const auto json = question.word ? term_json(answer.entries[0]) : terms_json(answer);
        std::cout << json_text(json) << "\n";
    } else {
        std::cout << (question.word ? term_text(answer.entries[0]) : terms_text(answer));
    }
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("explain", "explain a term, or a code that is printed");
    command->footer(
        "\nTerms of the field, headings of tables, verdicts, classes and rules; case, blanks and\n"
        "dashes do not matter. Without a term it lists all.\n"
        "Examples: millwright explain pipeline bubble, millwright explain LIC_CBC\n");
    auto words = std::make_shared<std::vector<std::string>>();
    command->add_option("term", *words, "word or code; all terms if left out")->type_name("TERM");
    command->callback([words, &common, &exit_code] { exit_code = run(*words, common); });
}

const Registered registered({CommandGroup::catalog, "explain", add});

}  // namespace
}  // namespace millwright::app
