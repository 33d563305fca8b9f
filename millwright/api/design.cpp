#include "millwright/api/design.h"

#include <array>

#include <fmt/format.h>

#include "millwright/api/look_up.h"
#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace {

/// By how much the limits of a rule are raised, one design each.
constexpr std::array raises{1.25, 1.5, 2.0, 4.0};

/// The question with every name looked up. Designs are marketed for data centres, and on the US
/// market only if that is said: a chip that nobody sells yet has neither from the catalog.
Result<DesignQuestion> resolved(const ChipDesignQuestion& q, const Rulebook& book,
                                const Setting& setting) {
    const Catalog& catalog = setting.catalog;
    Faults faults;
    const Process* process = look_up<Process>(catalog, q.process, "", faults);
    if (process == nullptr) return failure(std::move(faults));
    DesignQuestion out{.process = *process};
    auto model = resolve_model(catalog, q.model, {"--model", 0, 0});
    if (!model) return failure(std::move(model.error()));
    out.model = std::move(*model);
    auto question = question_from(q.written, catalog, book, q.today);
    if (!question) return failure(std::move(question.error()));
    out.rules = std::move(question->query);
    out.rules.chip.data_centre = Truth::yes;
    out.rules.chip.us_market = out.rules.chip.us_market == Truth::yes ? Truth::yes : Truth::no;
    out.target = q.target;
    out.training_chips = q.chips;
    out.threads = setting.threads;
    return out;
}

/// The rules with every limit of one of them times a factor, in a copy of the catalog: the
/// setting's stays as it is.
Result<Rulebook> raised(Catalog catalog, const std::string& id, double factor) {
    const auto scale = [&](std::vector<Condition>& when) {
        for (Condition& c : when) c.limit *= factor;
    };
    for (Rule& rule : catalog.rules) {
        if (rule.id != id) continue;
        for (RuleLine& line : rule.lines) scale(line.when);
        for (Requirement& ask : rule.requirements) scale(ask.when);
    }
    return resolve_rulebook(catalog);
}

void tell(const Setting& setting, std::string_view what, double share) {
    if (setting.progress) setting.progress(what, share);
}

}  // namespace

Result<ChipDesignAnswer> design_chip(const ChipDesignQuestion& q, const Setting& setting) {
    const Catalog& catalog = setting.catalog;
    const auto book = resolve_rulebook(catalog);
    if (!book) return failure(book.error());
    auto question = resolved(q, *book, setting);
    if (!question) return failure(std::move(question.error()));
    Faults faults;
    const Rule* raise =
        q.raise.empty() ? nullptr : look_up<Rule>(catalog, q.raise, "--raise", faults);
    if (!faults.empty()) return failure(std::move(faults));
    const RuleQuery& rules = question->rules;
    ChipDesignAnswer answer{.title = fmt::format("{} for {}: to {}, headquarters {}, {}, target {}",
                                                 question->process.name, q.model, rules.party.to,
                                                 rules.party.headquarters, to_text(rules.date),
                                                 name_of(q.target))};
    answer.server = question->process.server;
    answer.chips = q.chips;
    answer.groups_note = groups_note(*book);
    tell(setting, "designing under the rules", 0.3);
    answer.sets.push_back(
        {rules.without.empty() ? "in force" : "without " + join(rules.without, ","),
         design(*question, *book, catalog)});
    for (const double factor : raises) {
        if (raise == nullptr) break;
        const auto other = raised(catalog, raise->id, factor);
        if (!other) return failure(other.error());
        answer.sets.push_back(
            {fmt::format("{} x{:g}", q.raise, factor), design(*question, *other, catalog)});
    }
    // the same grid with every answer let through: what the process could do
    question->target = DesignTarget::any;
    tell(setting, "designing without rules", 0.8);
    answer.free = design(*question, *book, catalog);
    tell(setting, "", 1);
    return answer;
}

}  // namespace millwright
