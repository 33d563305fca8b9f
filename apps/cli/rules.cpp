// millwright rules check, timeline, explain, diff.
#include "apps/cli/rules.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/output.h"
#include "millwright/base/text.h"
#include "millwright/intake/question_table.h"
#include "millwright/report/html.h"
#include "millwright/report/json.h"
#include "millwright/report/json_text.h"
#include "millwright/report/rules_text.h"
#include "millwright/report/table.h"
#include "millwright/report/verdict_text.h"

namespace millwright::app {
namespace {

using Json = nlohmann::ordered_json;

/// What the answer would be if one open point were read the other way.
struct ReadingEffect {
    const ReadingSwitch* reading;
    Verdict verdict;
    Figure tpp;
};

std::vector<ReadingEffect> reading_effects(const QuestionArguments& a, const Question& question,
                                           const Catalog& parts, const Rulebook& book) {
    std::vector<ReadingEffect> effects;
    for (const ReadingSwitch& reading : reading_switches()) {
        RuleQuery turned = question.query;
        bool& flag = turned.readings.*reading.member;
        flag = !flag;
        turned.chip = facts_under(a, parts, turned.readings);
        effects.push_back({&reading, judge(book, turned), turned.chip.tpp});
    }
    return effects;
}

bool changes(const ReadingEffect& effect, const Verdict& verdict) {
    return effect.verdict.us != verdict.us || effect.verdict.cls != verdict.cls;
}

std::string answer_text(const Verdict& v) {
    return fmt::format("{}/{}", name_of(v.cls), name_of(v.us));
}

std::string name_of_chip(const RuleQuery& q) {
    return q.chip.chip.empty() ? "a chip of these figures" : q.chip.chip;
}

std::string headline(const RuleQuery& q) {
    std::string text = fmt::format("{} to {}, buyer headquartered in {}, {}", name_of_chip(q),
                                   q.party.to, q.party.headquarters, to_text(q.date));
    if (q.known != all_known) text += ", as known on " + to_text(q.known);
    if (q.basis == Basis::text) text += ", by the text";
    for (const std::string& id : q.without) text += ", without " + id;
    return text;
}

void print_check(const Question& question, const Verdict& verdict,
                 const std::vector<ReadingEffect>& effects, const Rulebook& book) {
    std::cout << headline(question.query) << "\n" << verdict_text(verdict);
    for (const std::string& what : question.assumed) std::cout << labelled("assumed", what);
    std::cout << "\ntests\n";
    for (const std::string& test : verdict.chain) std::cout << wrapped("  ", test, 4);
    std::cout << "\nreadings of what the text leaves open\n";
    std::vector<std::string> idle;
    for (const ReadingEffect& e : effects) {
        if (!changes(e, verdict)) {
            idle.emplace_back(e.reading->name);
            continue;
        }
        std::cout << wrapped("  ",
                             fmt::format("--reading {}: {} {} (by default {}): {}", e.reading->name,
                                         e.reading->question, e.reading->turned,
                                         e.reading->by_default, answer_text(e.verdict)),
                             4);
    }
    std::cout << wrapped("  no change by ", join(idle, ", "), 4)
              << wrapped("\nNot legal advice; ", groups_note(book) + ".", 0);
}

Json check_json(const Question& question, const Verdict& verdict,
                const std::vector<ReadingEffect>& effects) {
    const RuleQuery& q = question.query;
    Json json{{"chip", q.chip.chip},
              {"date", to_text(q.date)},
              {"destination", q.party.to},
              {"to", q.party.to},
              {"headquarters", q.party.headquarters}};
    json["assumed"] = question.assumed;
    json.update(verdict_json(verdict));
    Json list = Json::array();
    for (const ReadingEffect& e : effects) {
        list.push_back({{"reading", e.reading->name},
                        {"question", e.reading->question},
                        {"turned", e.reading->turned},
                        {"tpp", e.tpp.known() ? Json(e.tpp.low) : Json(nullptr)},
                        {"class", name_of(e.verdict.cls)},
                        {"us", name_of(e.verdict.us)},
                        {"changes", changes(e, verdict)}});
    }
    json["readings"] = list;
    return json;
}

std::vector<std::string> answer_cells(const Verdict& v) {
    std::vector<std::string> cells;
    for (const auto word :
         {name_of(v.cls), name_of(v.us), name_of(v.cn), name_of(v.supply), std::string_view(v.rule),
          name_of(v.confidence), std::string_view(v.reason)}) {
        cells.emplace_back(word);
    }
    cells.push_back(join(v.open, "; "));
    return cells;
}

/// The cells of a row but for those of answers, which are replaced.
std::vector<std::string> asked_cells(const CsvTable& table, const std::vector<std::string>& row) {
    const std::vector<std::string> answers = answer_columns();
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const bool answer =
            std::find(answers.begin(), answers.end(), table.columns[i]) != answers.end();
        if (!answer) cells.push_back(row[i]);
    }
    return cells;
}

std::string answered_line(std::vector<std::string> cells, const std::vector<std::string>& answers) {
    cells.insert(cells.end(), answers.begin(), answers.end());
    return csv_line(cells);
}

CsvTable questions_from(const std::string& path) {
    constexpr std::size_t limit = 64'000'000;
    const FileText file = read_file(path, limit);
    if (!file.ok)
        throw UserFault{
            {{{path, 0, 0}, "the table " + file.why, "give the path of a CSV or JSON file"}}};
    return value_or_throw(parse_questions(file.text, path));
}

/// A table of questions with the answers in further columns.
int check_table(const std::string& path, const Common& common, const Rulebook& book) {
    const CsvTable table = questions_from(path);
    Faults faults = check_question_columns(table);
    if (!faults.empty()) throw UserFault{faults};
    std::string text = answered_line(asked_cells(table, table.columns), answer_columns());
    Json json = Json::array();
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto question =
            question_of(table, i, catalog(common), book, QuestionTable::questions);
        if (!question) {
            faults.insert(faults.end(), question.error().begin(), question.error().end());
            continue;
        }
        const Verdict v = judge(book, *question);
        text += answered_line(asked_cells(table, table.rows[i]), answer_cells(v));
        json.push_back({{"line", table.lines[i]},
                        {"chip", question->chip.chip},
                        {"date", to_text(question->date)},
                        {"destination", question->party.to},
                        {"headquarters", question->party.headquarters}});
        json.back().update(verdict_json(v));
    }
    if (!faults.empty()) throw UserFault{faults};
    for (const std::string& note : old_names(table)) std::cerr << "note: " << note << "\n";
    std::cout << (common.json ? json_text(json) + "\n" : text);
    return exit_done;
}

/// A table states all of its questions itself.
void refuse_beside_table(const QuestionArguments& a) {
    Faults faults;
    for (const auto& [field, text] : a.values) {
        faults.push_back({a.places.find(field)->second,
                          "a table is asked, which states this itself",
                          fmt::format("add a column '{}' to the table", field)});
    }
    if (!faults.empty()) throw UserFault{faults};
}

Rulebook book_of(const Common& common) { return value_or_throw(resolve_rulebook(catalog(common))); }

}  // namespace

int rules_check_command(const RulesCheckArguments& a, const Common& common) {
    const Rulebook book = book_of(common);
    if (!a.table.empty()) {
        refuse_beside_table(a.question);
        return check_table(a.table, common, book);
    }
    const Catalog& parts = catalog(common);
    const Question question = question_from(a.question, parts, book);
    const Verdict verdict = judge(book, question.query);
    const auto effects = reading_effects(a.question, question, parts, book);
    if (common.json) {
        std::cout << json_text(check_json(question, verdict, effects)) << "\n";
    } else {
        print_check(question, verdict, effects, book);
    }
    return exit_done;
}

int rules_timeline_command(const RulesTimelineArguments& a, const Common& common) {
    const Rulebook book = book_of(common);
    const Question question = question_from(a.question, catalog(common), book);
    const Date since = day_from(a.since, "--since");
    const Date until = a.until.empty() ? today() : day_from(a.until, "--until");
    if (until <= since) {
        throw UserFault{
            {{{"--until", 0, 0}, "the last day is not after the first", "give a later --until"}}};
    }
    const auto entries = timeline(book, question.query, since, until);
    const std::string title =
        fmt::format("{} to {}, headquarters {}", name_of_chip(question.query),
                    question.query.party.to, question.query.party.headquarters);
    const Json json{{"title", title},
                    {"since", to_text(since)},
                    {"until", to_text(until)},
                    {"entries", timeline_json(entries, until)}};
    if (!a.out.empty()) {
        const std::string page =
            rules_html(title, "export rules over time · not legal advice", json);
        write_or_throw(a.out, {{"timeline.json", json_text(json) + "\n"}, {"timeline.html", page}});
    }
    if (common.json) {
        std::cout << json_text(json) << "\n";
    } else {
        std::cout << title << "\n\n" << timeline_text(entries, until);
    }
    return exit_done;
}

int rules_explain_command(const std::string& id, const Common& common) {
    const Catalog& parts = catalog(common);
    const Rule& rule = look_up(parts.rules, id, "rule", "rules");
    if (common.json) {
        std::cout << json_text(rule_json(parts, rule)) << "\n";
    } else {
        std::cout << rule_text(parts, rule);
    }
    return exit_done;
}

int rules_diff_command(const RulesDiffArguments& a, const Common& common) {
    const Rulebook book = book_of(common);
    const Catalog& parts = catalog(common);
    Question question = question_from(a.question, parts, book);
    const Date before = day_from(a.before, "first day");
    const Date after = day_from(a.after, "second day");
    std::vector<std::vector<std::string>> rows;
    std::size_t later = 0;
    Json json = Json::array();
    for (const Chip& chip : parts.chips) {
        RuleQuery& q = question.query;
        q.chip = chip_facts(parts, chip, q.readings, question.packages_per_board);
        q.date = before;
        const Verdict then = judge(book, q);
        q.date = after;
        const Verdict now = judge(book, q);
        if (now.supply >= Supply::not_yet) {
            ++later;
            continue;
        }
        if (then.us == now.us && then.cls == now.cls && then.cn == now.cn) continue;
        rows.push_back({chip.id, answer_text(then), answer_text(now),
                        then.cn == now.cn ? "" : std::string(name_of(now.cn)), now.rule});
        json.push_back(
            {{"chip", chip.id}, {"before", verdict_json(then)}, {"after", verdict_json(now)}});
    }
    if (common.json) {
        std::cout << json_text(json) << "\n";
        return exit_done;
    }
    std::cout << fmt::format(
                     "to {}, headquarters {}: {} of {} chips change; {} not sold by "
                     "then are left out\n\n",
                     question.query.party.to, question.query.party.headquarters, rows.size(),
                     parts.chips.size() - later, later)
              << format_table({"chip", to_text(before), to_text(after), "China", "rule"}, rows,
                              "lllll");
    return exit_done;
}

}  // namespace millwright::app
