#include "millwright/evidence/rules.h"

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/evidence/cells.h"
#include "millwright/intake/question_table.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace {

JudgedRow judged(const CsvTable& table, std::size_t index, const Catalog& catalog,
                 const Rulebook& book) {
    const Cells cells{table, index};
    JudgedRow row{.id = cells.text("id"), .confidence = cells.text("confidence")};
    row.measured = cells.text("expected_class") + "/" + cells.text("expected_verdict");
    const auto question = question_of(table, index, catalog, book, QuestionTable::worked_cases);
    if (!question) {
        row.skipped = question.error().front().message;
        return row;
    }
    const Verdict verdict = judge(book, *question);
    row.predicted = verdict.lead().cls + "/" + verdict.lead().code;
    row.rule = verdict.lead().rule;
    row.reason = verdict.lead().reason;
    return row;
}

void count(const JudgedRow& row, JudgedGroup& group) {
    if (!row.skipped.empty()) {
        ++group.skipped;
        return;
    }
    ++group.count;
    group.right += row.right() ? 1 : 0;
}

JudgedGroup& group_of(const std::string& confidence, std::vector<JudgedGroup>& groups) {
    for (JudgedGroup& group : groups) {
        if (group.confidence == confidence) return group;
    }
    groups.push_back({confidence});
    return groups.back();
}

}  // namespace

Result<RulesValidation> validate_rules(const CsvTable& table, const Catalog& catalog) {
    const auto book = resolve_rulebook(catalog);
    if (!book) return failure(book.error());
    Faults faults = check_question_columns(table, *book);
    const Faults missing = missing_columns(table, {"id", "expected_class", "expected_verdict"});
    append(faults, missing);
    if (!faults.empty()) return failure(std::move(faults));
    RulesValidation validation;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        validation.rows.push_back(judged(table, i, catalog, *book));
        const JudgedRow& row = validation.rows.back();
        count(row, validation.summary);
        count(row, group_of(row.confidence, validation.groups));
    }
    return validation;
}

}  // namespace millwright
