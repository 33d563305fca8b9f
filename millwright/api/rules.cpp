// Questions are judged by one book, resolved anew for each call, so verdicts of one answer have
// their authorities in one order and can be compared by place. A check judges once more for each
// reading; a difference judges every chip of the catalog on both days, and leaves out chips that
// are not sold by the later one.
#include "millwright/api/rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/api/look_up.h"
#include "millwright/base/faults.h"
#include "millwright/intake/question_table.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace {

/// One reading turned at a time: together they would not tell which of them counts. The chip's
/// facts are taken anew, since some readings change what is counted as TPP.
std::vector<ReadingEffect> effects_of(const WrittenQuestion& written, const Question& question,
                                      const Verdict& verdict, const Catalog& catalog,
                                      const Rulebook& book) {
    std::vector<ReadingEffect> effects;
    for (const ReadingSwitch& reading : reading_switches()) {
        RuleQuery turned = question.query;
        bool& flag = turned.readings.*reading.member;
        flag = !flag;
        turned.chip = facts_under(written, catalog, turned.readings);
        ReadingEffect effect{&reading, judge(book, turned), turned.chip.tpp};
        effect.changes = !same_codes(effect.verdict, verdict);
        effects.push_back(std::move(effect));
    }
    return effects;
}

/// The cells of a row but for those of answers, which are replaced. Given the head as the row, it
/// gives the columns.
std::vector<std::string> asked_cells(const CsvTable& table, const std::vector<std::string>& row,
                                     const std::vector<std::string>& answers) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (std::ranges::find(answers, table.columns[i]) == answers.end()) cells.push_back(row[i]);
    }
    return cells;
}

/// `option` is the place of the second day, where the fault is told.
Faults order_faults(const Date& first, const Date& second, std::string_view option) {
    if (first < second) return {};
    return {{{std::string(option), 0, 0},
             "the last day is not after the first",
             fmt::format("give a day after {}", to_text(first))}};
}

/// The book and the question that is asked of it.
struct Asked {
    Rulebook book;
    Question question;
};

Result<Asked> asked(const WrittenQuestion& written, const Date& today, const Setting& setting) {
    auto book = resolve_rulebook(setting.catalog);
    if (!book) return failure(std::move(book.error()));
    auto question = question_from(written, setting.catalog, *book, today);
    if (!question) return failure(std::move(question.error()));
    return Asked{std::move(*book), std::move(*question)};
}

}  // namespace

Result<RulesCheckAnswer> rules_check(const RulesCheckQuestion& q, const Setting& setting) {
    auto a = asked(q.written, q.today, setting);
    if (!a) return failure(std::move(a.error()));
    RulesCheckAnswer answer{std::move(a->question), {}, {}, groups_note(a->book)};
    answer.verdict = judge(a->book, answer.question.query);
    answer.readings =
        effects_of(q.written, answer.question, answer.verdict, setting.catalog, a->book);
    return answer;
}

Result<RulesTableAnswer> rules_table(const RulesTableQuestion& q, const Setting& setting) {
    const auto book = resolve_rulebook(setting.catalog);
    if (!book) return failure(book.error());
    Faults faults = check_question_columns(q.table, *book);
    if (!faults.empty()) return failure(std::move(faults));
    RulesTableAnswer answer{.answers = answer_columns(*book), .notes = old_names(q.table)};
    answer.columns = asked_cells(q.table, q.table.columns, answer.answers);
    for (std::size_t i = 0; i < q.table.rows.size(); ++i) {
        auto query = question_of(q.table, i, setting.catalog, *book, QuestionTable::questions);
        if (!query) {
            append(faults, query.error());
            continue;
        }
        Verdict verdict = judge(*book, *query);
        answer.rows.push_back({q.table.lines[i],
                               asked_cells(q.table, q.table.rows[i], answer.answers),
                               std::move(*query), std::move(verdict)});
    }
    if (!faults.empty()) return failure(std::move(faults));
    return answer;
}

Result<RulesTimelineAnswer> rules_timeline(const RulesTimelineQuestion& q, const Setting& setting) {
    const auto a = asked(q.written, q.today, setting);
    if (!a) return failure(a.error());
    Faults faults = order_faults(q.since, q.until, "--until");
    if (!faults.empty()) return failure(std::move(faults));
    return RulesTimelineAnswer{title_of(a->question.query), q.since, q.until,
                               timeline(a->book, a->question.query, q.since, q.until)};
}

Result<RulesExplainAnswer> rules_explain(const RulesExplainQuestion& q, const Setting& setting) {
    Faults faults;
    const Rule* rule = look_up<Rule>(setting.catalog, q.rule, "", faults);
    if (rule == nullptr) return failure(std::move(faults));
    return RulesExplainAnswer{*rule};
}

Result<RulesDiffAnswer> rules_diff(const RulesDiffQuestion& q, const Setting& setting) {
    auto a = asked(q.written, q.today, setting);
    if (!a) return failure(std::move(a.error()));
    Faults faults = order_faults(q.before, q.after, "second day");
    if (!faults.empty()) return failure(std::move(faults));
    RuleQuery query = a->question.query;
    RulesDiffAnswer answer{.party = query.party, .before = q.before, .after = q.after};
    for (const Authority& authority : a->book.authorities) {
        if (authority.asks == AsksAbout::use) answer.uses.push_back(authority.label);
    }
    const Catalog& catalog = setting.catalog;
    for (const Chip& chip : catalog.chips) {
        query.chip =
            chip_facts(setting.catalog, chip, query.readings, a->question.packages_per_board);
        query.date = q.before;
        Verdict before = judge(a->book, query);
        query.date = q.after;
        Verdict after = judge(a->book, query);
        if (after.supply >= Supply::not_yet) {
            ++answer.later;
            continue;
        }
        ++answer.judged;
        if (same_codes(before, after)) continue;
        answer.changed.push_back({chip.id, std::move(before), std::move(after)});
    }
    return answer;
}

std::string title_of(const RuleQuery& q) {
    return fmt::format("{} to {}, headquarters {}",
                       q.chip.chip.empty() ? "a chip of these figures" : q.chip.chip, q.party.to,
                       q.party.headquarters);
}

}  // namespace millwright
