// Arguments of `millwright rules` and its commands.
#include "apps/rules_arguments.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "apps/bounds.h"
#include "apps/rules.h"

namespace millwright::app {
namespace {

/// Options of a chip and a deal, for every question to the rules.
void add_deal(CLI::App& command, QuestionArguments& a) {
    command.add_option("--to", a.to, "country of destination")->capture_default_str();
    command.add_option("--headquarters", a.headquarters,
                       "country of the buyer's ultimate parent; the destination if left out");
    command.add_option("--from", a.from, "country it is shipped from")->capture_default_str();
    command.add_option("--known", a.known, "judge by what was public on this day");
    command.add_option("--end-use", a.end_use, "commercial, supercomputer or military")
        ->capture_default_str()
        ->check(CLI::IsMember({"commercial", "supercomputer", "military"}));
    command.add_flag("--entity-listed", a.entity_listed, "the buyer is on the Entity List");
    command.add_flag("--affiliate", a.affiliate, "a listed party owns half of the buyer or more");
    command.add_option("--state-funded", a.state_funded, "the site has state funds: yes or no")
        ->check(CLI::IsMember({"yes", "no"}));
    command.add_option("--quantity", a.quantity, "chips")->check(between(1, 1e8));
    command.add_option("--hall", a.hall_m3, "volume of the hall in m3, for the density test")
        ->check(between(1, 1e10));
    command.add_option("--reading", a.readings, "turn an open point of the text")->delimiter(',');
    command.add_option("--without", a.without, "rules to leave out")->delimiter(',');
    command.add_flag("--by-text", a.by_text, "judge by the text, enforced or not");
    command.add_option("--packages-per-board", a.packages_per_board, "for --reading per-board")
        ->capture_default_str()
        ->check(between(1, 1024));
}

/// Options that describe a chip, over or in place of the catalog's.
void add_chip(CLI::App& command, QuestionArguments& a) {
    const CLI::Validator any = between(0, 1e9);
    command.add_option("--chip", a.chip, "chip of the catalog, or a name for your own figures");
    command.add_option("--vendor", a.vendor, "maker, for letters");
    command.add_option("--designed-in", a.designed_in, "country of the designer");
    command.add_option("--tpp", a.tpp, "dense TOPS times bit length, the highest")->check(any);
    command.add_option("--area", a.area, "applicable die area, mm2")->check(any);
    command.add_option("--dram", a.dram, "memory bandwidth, GB/s")->check(any);
    command.add_option("--io", a.io, "I/O both directions, GB/s")->check(any);
    command.add_option("--fp64", a.fp64, "FP64 rate, TFLOPS")->check(any);
    command.add_option("--fp32", a.fp32, "FP32 rate, TFLOPS")->check(any);
    command.add_option("--package", a.package, "package area of a memory stack, mm2")->check(any);
    command.add_flag("--planar", a.planar, "no die is on a non-planar node");
    command.add_flag("--hbm-stack", a.hbm_stack, "a memory stack sold by itself");
    command.add_flag("--named-in-letter", a.named_in_letter, "a letter of 2022 or 2023 names it");
    command.add_option("--data-centre", a.data_centre, "marketed for data centres")
        ->check(CLI::IsMember({"yes", "no", "unknown"}));
    command.add_option("--us-market", a.us_market, "on the US market on 2026-01-15")
        ->check(CLI::IsMember({"yes", "no", "unknown"}));
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
    add_chip(*command, a->question);
    add_deal(*command, a->question);
    command->add_option("--date", a->question.date, "day of the export; today if left out");
    command->add_option("--table", a->table, "a table of questions (CSV); answers are printed")
        ->excludes("--chip");
    command->callback([a, &common, &exit_code] { exit_code = rules_check_command(*a, common); });
}

void add_rules_timeline(CLI::App& rules, const Common& common, int& exit_code) {
    CLI::App* command = rules.add_subcommand("timeline", "one question through the years");
    command->footer("\nExample: millwright rules timeline --chip h20 --to CN --out out/h20\n");
    auto a = std::make_shared<RulesTimelineArguments>();
    add_chip(*command, a->question);
    add_deal(*command, a->question);
    command->add_option("--since", a->since, "first day")->capture_default_str();
    command->add_option("--until", a->until, "last day; today if left out");
    command->add_option("--out", a->out, "folder for timeline.json and timeline.html");
    command->callback([a, &common, &exit_code] { exit_code = rules_timeline_command(*a, common); });
}

void add_rules_explain(CLI::App& rules, const Common& common, int& exit_code) {
    CLI::App* command = rules.add_subcommand("explain", "one rule in words");
    command->footer(
        "\nExample: millwright rules explain R25-L. `millwright list rules` has all.\n");
    auto rule = std::make_shared<std::string>();
    command->add_option("rule", *rule, "id of the rule")->required();
    command->callback(
        [rule, &common, &exit_code] { exit_code = rules_explain_command(*rule, common); });
}

void add_rules_diff(CLI::App& rules, const Common& common, int& exit_code) {
    CLI::App* command = rules.add_subcommand("diff", "chips whose answer differs between two days");
    command->footer("\nExample: millwright rules diff 2023-11-16 2023-11-17 --to CN\n");
    auto a = std::make_shared<RulesDiffArguments>();
    command->add_option("before", a->before, "a day")->required();
    command->add_option("after", a->after, "a later day")->required();
    add_deal(*command, a->question);
    command->callback([a, &common, &exit_code] { exit_code = rules_diff_command(*a, common); });
}

void add_rules_frontier(CLI::App& rules, const Common& common, int& exit_code) {
    CLI::App* command =
        rules.add_subcommand("frontier", "the best lawful factory of each month, against the best");
    command->footer(
        "\nExample: millwright rules frontier examples/lawful-frontier/frontier.toml\n"
        "Fields of the file: docs/rules.md.\n");
    auto a = std::make_shared<RunArguments>();
    command->add_option("file", a->scenario, "buyers, months, bounds and job (TOML)")->required();
    command->add_option("--out", a->out,
                        "folder for frontier.json and frontier.html; out/NAME if left out");
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
        ->required();
    command->add_option("--model", a->model, "model that is served and trained")
        ->capture_default_str();
    command->add_option("--date", a->question.date, "day of the export; today if left out");
    command->add_option("--target", a->target, "no-licence, or lawful: licences that are issued")
        ->capture_default_str()
        ->check(CLI::IsMember({"no-licence", "lawful", "any"}));
    command->add_option("--raise", a->raise, "also with this rule's limits raised, up to fourfold");
    command->add_option("--chips", a->chips, "chips of the training job")
        ->capture_default_str()
        ->check(CLI::Range(8, 1'000'000));
    command
        ->add_option("--us-market", a->question.us_market,
                     "sold in the US on 2026-01-15; no if left out")
        ->check(CLI::IsMember({"yes", "no"}));
    command->add_option("--out", a->out, "folder for design.json and design.html");
    add_deal(*command, a->question);
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

}  // namespace millwright::app
