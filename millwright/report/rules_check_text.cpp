// Text, JSON and CSV tell the same verdict. Authorities come in the order of the book everywhere,
// so cells need no names. Codes about exports stand in one word, those about use apart, since
// they answer another question. The text names readings that change nothing in one line; JSON has
// them all in full.
#include "millwright/report/rules_check_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/report/table.h"
#include "millwright/report/verdict_json.h"
#include "millwright/report/verdict_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

/// "3A090.a/LIC_POD", and the same of other authorities that ask about exports. Those that ask
/// about use have columns of their own: theirs is another question.
std::string answer_text(const Verdict& v) {
    std::vector<std::string> answers;
    for (const Outcome& o : v.outcomes) {
        if (o.asks == AsksAbout::sending) {
            answers.push_back(o.cls.empty() ? o.code : o.cls + "/" + o.code);
        }
    }
    return join(answers, " ");
}

/// Only what departs from the usual question is told behind the day: an earlier knowledge of the
/// rules, the text alone in place of how it is enforced, rules left out.
std::string headline(const RuleQuery& q) {
    std::string text = fmt::format("{} to {}, buyer headquartered in {}, {}",
                                   q.chip.chip.empty() ? "a chip of these figures" : q.chip.chip,
                                   q.party.to, q.party.headquarters, to_text(q.date));
    if (q.known != all_known) text += ", as known on " + to_text(q.known);
    if (q.basis == Basis::text) text += ", by the text";
    for (const std::string& id : q.without) text += ", without " + id;
    return text;
}

std::string readings_text(const std::vector<ReadingEffect>& readings) {
    std::string text = "\nreadings of what the text leaves open\n";
    std::vector<std::string> idle;
    for (const ReadingEffect& e : readings) {
        if (!e.changes) {
            idle.emplace_back(e.reading->name);
            continue;
        }
        text += wrapped("  ",
                        fmt::format("--reading {}: {} {} (by default {}): {}", e.reading->name,
                                    e.reading->question, e.reading->turned, e.reading->by_default,
                                    answer_text(e.verdict)),
                        4);
    }
    return text + wrapped("  no change by ", join(idle, ", "), 4);
}

/// Cells of RulesTableAnswer::answers, in that order: `answer_columns` of the intake names them.
Row answer_cells(const Verdict& v) {
    Row cells{v.lead().cls};
    for (const Outcome& o : v.outcomes) cells.push_back(o.code);
    for (const auto word : {name_of(v.supply), std::string_view(v.lead().rule),
                            name_of(v.lead().confidence), std::string_view(v.lead().reason)}) {
        cells.emplace_back(word);
    }
    cells.push_back(join(v.open, "; "));
    return cells;
}

std::string line_of(Row cells, const Row& answers) {
    cells.insert(cells.end(), answers.begin(), answers.end());
    return csv_line(cells);
}

/// What each authority at the destination says now, where it is new; empty where it says the same.
/// Both verdicts were made by one book, so their outcomes stand in one order.
Row uses_of(const RulesDiffRow& row) {
    Row cells;
    for (std::size_t i = 0; i < row.after.outcomes.size(); ++i) {
        const Outcome& now = row.after.outcomes[i];
        const bool same = now.code == row.before.outcomes[i].code;
        if (now.asks == AsksAbout::use) cells.push_back(same ? "" : now.code);
    }
    return cells;
}

}  // namespace

std::string check_text(const RulesCheckAnswer& answer) {
    std::string text = headline(answer.question.query) + "\n" + verdict_text(answer.verdict);
    for (const std::string& what : answer.question.assumed) text += labelled("assumed", what);
    text += "\ntests\n";
    for (const std::string& test : answer.verdict.chain) text += wrapped("  ", test, 4);
    return text + readings_text(answer.readings) +
           wrapped("\nNot legal advice; ", answer.groups_note + ".", 0);
}

Json check_json(const RulesCheckAnswer& answer) {
    const RuleQuery& q = answer.question.query;
    Json json{{"chip", q.chip.chip},
              {"date", to_text(q.date)},
              {"destination", q.party.to},
              {"to", q.party.to},
              {"headquarters", q.party.headquarters}};
    json["assumed"] = answer.question.assumed;
    json.update(verdict_json(answer.verdict));
    Json list = Json::array();
    for (const ReadingEffect& e : answer.readings) {
        Json reading{{"reading", e.reading->name},
                     {"question", e.reading->question},
                     {"turned", e.reading->turned},
                     {"tpp", e.tpp.known() ? Json(e.tpp.low) : Json(nullptr)},
                     {"class", class_json(e.verdict.lead())}};
        for (const Outcome& o : e.verdict.outcomes) {
            if (o.asks == AsksAbout::sending) reading[o.authority] = o.code;
        }
        reading["changes"] = e.changes;
        list.push_back(std::move(reading));
    }
    json["readings"] = list;
    return json;
}

std::string table_csv(const RulesTableAnswer& answer) {
    std::string text = line_of(answer.columns, answer.answers);
    for (const RulesTableRow& row : answer.rows)
        text += line_of(row.cells, answer_cells(row.verdict));
    return text;
}

Json table_json(const RulesTableAnswer& answer) {
    Json list = Json::array();
    for (const RulesTableRow& row : answer.rows) {
        list.push_back({{"line", row.line},
                        {"chip", row.query.chip.chip},
                        {"date", to_text(row.query.date)},
                        {"destination", row.query.party.to},
                        {"headquarters", row.query.party.headquarters}});
        list.back().update(verdict_json(row.verdict));
    }
    return list;
}

std::string diff_text(const RulesDiffAnswer& answer) {
    Row head{"chip", to_text(answer.before), to_text(answer.after)};
    head.insert(head.end(), answer.uses.begin(), answer.uses.end());
    head.emplace_back("rule");
    std::vector<Row> rows;
    for (const RulesDiffRow& row : answer.changed) {
        rows.push_back({row.chip, answer_text(row.before), answer_text(row.after)});
        const Row uses = uses_of(row);
        rows.back().insert(rows.back().end(), uses.begin(), uses.end());
        rows.back().push_back(row.after.lead().rule);
    }
    return fmt::format(
               "to {}, headquarters {}: {} of {} chips change; {} not sold by "
               "then are left out\n\n",
               answer.party.to, answer.party.headquarters, rows.size(), answer.judged,
               answer.later) +
           format_table(head, rows, std::string(head.size(), 'l'));
}

Json diff_json(const RulesDiffAnswer& answer) {
    Json json = Json::array();
    for (const RulesDiffRow& row : answer.changed) {
        json.push_back({{"chip", row.chip},
                        {"before", verdict_json(row.before)},
                        {"after", verdict_json(row.after)}});
    }
    return json;
}

}  // namespace millwright
