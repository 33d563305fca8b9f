// millwright rules check, timeline, explain, diff.
#include "apps/cli/rules.h"

#include <chrono>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/output.h"
#include "millwright/intake/question_table.h"
#include "millwright/report/html.h"
#include "millwright/report/json_text.h"
#include "millwright/report/rules_check_text.h"
#include "millwright/report/rules_text.h"

namespace millwright::app {
namespace {

/// CSV or JSON, told apart by its text and not by the file's name.
CsvTable questions_from(const std::string& path) {
    constexpr std::size_t limit = 64'000'000;
    const FileText file = read_file(path, limit);
    if (!file.ok)
        throw UserFault{
            {{{path, 0, 0}, "the table " + file.why, "give the path of a CSV or JSON file"}}};
    return value_or_throw(parse_questions(file.text, path));
}

/// A table states all of its questions itself: an option beside it would hold for some rows or for
/// all, and neither can be seen in the table.
void refuse_beside_table(const WrittenQuestion& written) {
    Faults faults;
    for (const auto& [field, text] : written.values) {
        faults.push_back({written.places.find(field)->second,
                          "a table is asked, which states this itself",
                          fmt::format("add a column '{}' to the table", field)});
    }
    if (!faults.empty()) throw UserFault{faults};
}

/// The answer to a table is a table: CSV on stdout, notes on old names on stderr.
int check_table(const std::string& path, const Common& common) {
    const RulesTableAnswer answer =
        value_or_throw(rules_table({questions_from(path)}, setting_of(common)));
    for (const std::string& note : answer.notes) std::cerr << "note: " << note << "\n";
    std::cout << (common.json ? json_text(table_json(answer)) + "\n" : table_csv(answer));
    return exit_done;
}

Date day_from(const std::string& text, const std::string& option) {
    if (const auto date = parse_date(text)) return *date;
    throw UserFault{{{{option, 0, 0},
                      fmt::format("'{}' is no date", text),
                      "write " + allowed_values(QuestionKind::day)}}};
}

/// As JSON or as text, as asked for.
template <class Answer, class Json, class Text>
int print(const Answer& answer, const Common& common, Json json, Text text) {
    std::cout << (common.json ? json_text(json(answer)) + "\n" : text(answer));
    return exit_done;
}

}  // namespace

Date today() {
    return std::chrono::year_month_day(
        std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
}

int rules_check_command(const RulesCheckArguments& a, const Common& common) {
    if (!a.table.empty()) {
        refuse_beside_table(a.question);
        return check_table(a.table, common);
    }
    return print(value_or_throw(rules_check({a.question, today()}, setting_of(common))), common,
                 check_json, check_text);
}

int rules_timeline_command(const RulesTimelineArguments& a, const Common& common) {
    RulesTimelineQuestion question{.written = a.question, .today = today()};
    question.since = day_from(a.since, "--since");
    question.until = a.until.empty() ? today() : day_from(a.until, "--until");
    const RulesTimelineAnswer answer = value_or_throw(rules_timeline(question, setting_of(common)));
    if (!a.out.empty()) {
        const nlohmann::ordered_json json = timeline_json(answer);
        const std::string page =
            rules_html(answer.title, "export rules over time · not legal advice", json);
        write_or_throw(a.out, {{"timeline.json", json_text(json) + "\n"}, {"timeline.html", page}});
    }
    return print(answer, common, timeline_json, timeline_text);
}

int rules_explain_command(const std::string& id, const Common& common) {
    const RulesExplainAnswer answer = value_or_throw(rules_explain({id}, setting_of(common)));
    const Catalog& parts = catalog(common);
    return print(
        answer.rule, common, [&](const Rule& rule) { return rule_json(parts, rule); },
        [&](const Rule& rule) { return rule_text(parts, rule); });
}

int rules_diff_command(const RulesDiffArguments& a, const Common& common) {
    RulesDiffQuestion question{.written = a.question, .today = today()};
    question.before = day_from(a.before, "first day");
    question.after = day_from(a.after, "second day");
    return print(value_or_throw(rules_diff(question, setting_of(common))), common, diff_json,
                 diff_text);
}

}  // namespace millwright::app
