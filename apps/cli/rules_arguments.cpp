// Arguments of `millwright rules` and its commands.
//
// Options of a question are made from the list of its fields (millwright/intake/question.h), which
// names the columns of tables too: "--data-centre" is the column data_centre. A command takes the
// parts of a question that it has a use for.
#include "apps/cli/rules_arguments.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/bounds.h"
#include "apps/cli/command.h"
#include "apps/cli/rules.h"

namespace millwright::app {
namespace {

std::string dashed(std::string_view name) {
    std::string flag(name);
    std::replace(flag.begin(), flag.end(), '_', '-');
    return flag;
}

/// One flag of a field, which it may have under another name too. What was typed is kept as text
/// with the flag as its place, so that faults name the flag that was used. A list takes one word,
/// items with commas: a second word would be taken from the positionals.
CLI::Option* add_flag(CLI::App& command, const QuestionField& f, const std::string& flag,
                      const std::string& help, QuestionArguments& a) {
    const std::string name(f.name);
    const auto take = [&a, name, flag](const std::string& text) {
        a.values[name] = text;
        a.places[name] = {flag, 0, 0};
    };
    if (f.kind == QuestionKind::flag) {
        return command.add_flag_callback(
            flag, [take] { take("yes"); }, help);
    }
    if (f.kind != QuestionKind::list) {
        return command.add_option_function<std::string>(flag, take, help);
    }
    return command
        .add_option_function<std::vector<std::string>>(
            flag, [take](const std::vector<std::string>& words) { take(join(words, ",")); }, help)
        ->allow_extra_args(false);
}

/// What the completion offers as the value: parts of the catalog, or the words of a set in the form
/// in which CLI11 writes one.
std::string type_of(const QuestionField& f) {
    if (f.name == "chip") return "CHIP";
    if (f.name == "without") return "RULE";
    if (f.name == "reading") return "READING";
    std::string words = allowed_values(f.kind);
    if (f.kind != QuestionKind::truth && f.kind != QuestionKind::use) return "TEXT";
    if (const std::size_t at = words.find(" or "); at != std::string::npos) {
        words.replace(at, 4, ",");
    }
    std::erase(words, ' ');
    return "{" + words + "}";
}

/// The alias excludes the name: of both it could not be told which one counts.
void add_field(CLI::App& command, const QuestionField& f, QuestionArguments& a) {
    std::string help(f.help);
    const std::string allowed = allowed_values(f.kind);
    if (f.kind == QuestionKind::list) {
        help += "; one, or some with commas";
    } else if (f.kind != QuestionKind::flag && !allowed.empty()) {
        help += " (" + allowed + ")";
    }
    CLI::Option* option = add_flag(command, f, "--" + dashed(f.name), help, a);
    if (f.kind != QuestionKind::flag) option->type_name(type_of(f));
    if (f.alias.empty()) return;
    add_flag(command, f, "--" + dashed(f.alias), fmt::format("as --{}", dashed(f.name)), a)
        ->excludes(option);
}

/// Options of every field of some parts of a question.
void add_fields(CLI::App& command, QuestionArguments& a, const std::vector<QuestionPart>& parts) {
    for (const QuestionField& f : question_fields()) {
        if (std::find(parts.begin(), parts.end(), f.part) != parts.end()) add_field(command, f, a);
    }
}

void add_rules_check(CLI::App& rules, const Common& common, int& exit_code) {
    CLI::App* command = rules.add_subcommand("check", "may this buyer have this chip?");
    command->footer(
        "\nExamples:\n"
        "  millwright rules check --chip h20 --to CN --date 2025-07-20 --headquarters CN\n"
        "  millwright rules check --tpp 2368 --area 814 --dram 4000 --io 1028 --data-centre yes\n"
        "  millwright rules check --table questions.csv > answers.csv\n"
        "A figure that is missing and would decide is asked for, not guessed. Columns of a\n"
        "table: docs/reference/tables.md; codes: docs/reference/verdicts.md.\n");
    auto a = std::make_shared<RulesCheckArguments>();
    add_fields(*command, a->question, {QuestionPart::chip, QuestionPart::deal, QuestionPart::day});
    command
        ->add_option("--table", a->table,
                     "a table of questions (CSV, or a JSON list), its columns named as these "
                     "options; answers are printed")
        ->type_name("FILE");
    command->callback([a, &common, &exit_code] { exit_code = rules_check_command(*a, common); });
}

void add_rules_timeline(CLI::App& rules, const Common& common, int& exit_code) {
    CLI::App* command = rules.add_subcommand("timeline", "one question through the years");
    command->footer("\nExample: millwright rules timeline --chip h20 --to CN --out out/h20\n");
    auto a = std::make_shared<RulesTimelineArguments>();
    add_fields(*command, a->question, {QuestionPart::chip, QuestionPart::deal});
    command->add_option("--since", a->since, "first day")->capture_default_str();
    command->add_option("--until", a->until, "last day; today if left out");
    command->add_option("--out", a->out, "folder for timeline.json and timeline.html")
        ->type_name("DIR");
    command->callback([a, &common, &exit_code] { exit_code = rules_timeline_command(*a, common); });
}

void add_rules_explain(CLI::App& rules, const Common& common, int& exit_code) {
    CLI::App* command = rules.add_subcommand("explain", "one rule in words");
    command->footer(
        "\nExample: millwright rules explain R25-L. `millwright list rules` has all.\n");
    auto rule = std::make_shared<std::string>();
    command->add_option("rule", *rule, "id of the rule")->required()->type_name("RULE");
    command->callback(
        [rule, &common, &exit_code] { exit_code = rules_explain_command(*rule, common); });
}

void add_rules_diff(CLI::App& rules, const Common& common, int& exit_code) {
    CLI::App* command = rules.add_subcommand("diff", "chips whose answer differs between two days");
    command->footer("\nExample: millwright rules diff 2023-11-16 2023-11-17 --to CN\n");
    auto a = std::make_shared<RulesDiffArguments>();
    command->add_option("before", a->before, "a day")->required();
    command->add_option("after", a->after, "a later day")->required();
    add_fields(*command, a->question, {QuestionPart::deal});
    command->callback([a, &common, &exit_code] { exit_code = rules_diff_command(*a, common); });
}

void add_rules_frontier(CLI::App& rules, const Common& common, int& exit_code) {
    CLI::App* command =
        rules.add_subcommand("frontier", "the best lawful factory of each month, against the best");
    command->footer(
        "\nExample: millwright rules frontier examples/lawful-frontier/frontier.toml\n"
        "Fields of the file: docs/rules.md.\n");
    auto a = std::make_shared<FrontierArguments>();
    command->add_option("file", a->scenario, "buyers, months, bounds and job (TOML)")
        ->required()
        ->type_name("FILE");
    command
        ->add_option("--out", a->out,
                     "folder for frontier.json and frontier.html; out/NAME if left out")
        ->type_name("DIR");
    command->add_flag("--optimistic", a->optimistic, optimistic_help);
    command->callback([a, &common, &exit_code] { exit_code = rules_frontier_command(*a, common); });
}

void add_rules_design(CLI::App& rules, const Common& common, int& exit_code) {
    CLI::App* command =
        rules.add_subcommand("design", "the best chip of a process that the rules let through");
    command->footer(
        "\nExamples:\n"
        "  millwright rules design --process hopper-4n --date 2024-06-01\n"
        "  millwright rules design --process blackwell-4np --date 2026-03-01 --target lawful \\\n"
        "    --us-market yes --raise R26\n");
    auto a = std::make_shared<RulesDesignArguments>();
    command->add_option("--process", a->process, "dies, stacks and links of the catalog")
        ->required()
        ->type_name("PROCESS");
    command->add_option("--model", a->model, "model that is served and trained")
        ->capture_default_str()
        ->type_name("MODEL");
    command->add_option("--target", a->target, "no-licence, or lawful: licences that are issued")
        ->capture_default_str()
        ->check(CLI::IsMember({"no-licence", "lawful", "any"}));
    command->add_option("--raise", a->raise, "also with this rule's limits raised, up to fourfold")
        ->type_name("RULE");
    command->add_option("--chips", a->chips, "chips of the training job")
        ->capture_default_str()
        ->check(CLI::Range(8, 1'000'000));
    add_field(*command, *question_field("us_market"), a->question);
    command->add_option("--out", a->out, "folder for design.json and design.html")
        ->type_name("DIR");
    add_fields(*command, a->question, {QuestionPart::deal, QuestionPart::day});
    command->callback([a, &common, &exit_code] { exit_code = rules_design_command(*a, common); });
}

}  // namespace

void add_rules(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("rules", "ask the export rules");
    command->footer(
        "\nRules are dated data: a folder given with --catalog may add rules/NAME.toml, such as a\n"
        "threshold table that is only proposed (docs/rules.md). Not legal advice.\n");
    command->require_subcommand(1);
    command->fallthrough();
    for (const auto add : {add_rules_check, add_rules_timeline, add_rules_explain, add_rules_diff,
                           add_rules_frontier, add_rules_design}) {
        add(*command, common, exit_code);
    }
}

namespace {

const Registered registered({CommandGroup::rules, "rules", add_rules});

}  // namespace
}  // namespace millwright::app
