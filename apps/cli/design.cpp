// millwright rules design: the chip that does most for a job while the rules let it through.
#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/output.h"
#include "apps/cli/rules.h"
#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"
#include "millwright/report/design_text.h"
#include "millwright/report/html.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"

namespace millwright::app {
namespace {

DesignQuestion question_of(const RulesDesignArguments& a, const Catalog& parts,
                           const Rulebook& book) {
    DesignQuestion question{.process = look_up(parts.processes, a.process, "process", "processes")};
    question.model = value_or_throw(resolve_model(parts, a.model, {"--model", 0, 0}));
    question.rules = question_from(a.question, parts, book).query;
    question.rules.chip.data_centre = Truth::yes;
    question.rules.chip.us_market =
        question.rules.chip.us_market == Truth::yes ? Truth::yes : Truth::no;
    question.target = enum_named<DesignTarget>(a.target).value();
    question.training_chips = a.chips;
    return question;
}

/// The rules with every limit of one of them times a factor.
Rulebook raised(Catalog parts, const std::string& id, double factor) {
    const auto scale = [&](std::vector<Condition>& when) {
        for (Condition& c : when) c.limit *= factor;
    };
    for (Rule& rule : parts.rules) {
        if (lower(rule.id) != lower(id)) continue;
        for (RuleLine& line : rule.lines) scale(line.when);
        for (Requirement& ask : rule.requirements) scale(ask.when);
    }
    return value_or_throw(resolve_rulebook(parts));
}

std::vector<DesignsUnder> designs_under(const RulesDesignArguments& a,
                                        const DesignQuestion& question, const Rulebook& book,
                                        const Catalog& parts) {
    std::vector<DesignsUnder> sets;
    show_progress("designing under the rules", 0.3);
    sets.push_back(
        {!a.question.has("without") ? "in force" : "without " + join(question.rules.without, ","),
         design(question, book, parts)});
    if (a.raise.empty()) return sets;
    if (find_rule(book, a.raise) == nullptr) {
        throw UserFault{{{{"--raise", 0, 0},
                          fmt::format("no rule '{}'", a.raise),
                          name_hint(parts.rules, a.raise, "rules")}}};
    }
    for (const double factor : {1.25, 1.5, 2.0, 4.0}) {
        sets.push_back({fmt::format("{} x{:g}", a.raise, factor),
                        design(question, raised(parts, a.raise, factor), parts)});
    }
    return sets;
}

}  // namespace

int rules_design_command(const RulesDesignArguments& a, const Common& common) {
    const Catalog& parts = catalog(common);
    const Rulebook book = value_or_throw(resolve_rulebook(parts));
    DesignQuestion question = question_of(a, parts, book);
    question.threads = common.threads;
    if (!a.out.empty()) {
        Faults faults = check_output(a.out, {"design.json", "design.html"});
        if (!faults.empty()) throw UserFault{faults};
    }
    const std::vector<DesignsUnder> sets = designs_under(a, question, book, parts);
    question.target = DesignTarget::any;
    show_progress("designing without rules", 0.8);
    const DesignResult free = design(question, book, parts);
    show_progress("", 1);
    const RuleQuery& q = question.rules;
    const std::string title =
        fmt::format("{} for {}: to {}, headquarters {}, {}, target {}", question.process.name,
                    a.model, q.party.to, q.party.headquarters, to_text(q.date), a.target);
    const nlohmann::ordered_json json{{"title", title}, {"designs", designs_json(sets, free)}};
    if (!a.out.empty()) {
        write_or_throw(
            a.out,
            {{"design.json", json_text(json) + "\n"},
             {"design.html", rules_html(title, "design under a rule · not legal advice", json)}});
    }
    if (common.json) {
        std::cout << json_text(json) << "\n";
    } else {
        std::cout << wrapped("", title, 0) << "\n"
                  << designs_text(sets, free) << "\n"
                  << wrapped(
                         "",
                         fmt::format("tok/s: decoded, prefilled (replicas by roofline, {}) or "
                                     "trained tokens a second and chip ({} chips). units x0.25: "
                                     "matrix units at a quarter of their rate. DRAM and "
                                     "I/O in GB/s, both directions. Not legal advice; {}.",
                                     question.process.server, a.chips, groups_note(book)),
                         0);
    }
    return exit_done;
}

}  // namespace millwright::app
