// Two factories by name and two whole studies share the answer; only the first has the factory in
// each side, and by it tables are shown and columns chosen. The text explains what differs, JSON
// has all terms. A figure without a number is null in JSON and `unknown` in text, so that it is
// never taken for zero.
#include "millwright/report/compare_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/units.h"
#include "millwright/report/explain_text.h"
#include "millwright/report/json_table.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

Json term_json(const TermValue& term) {
    const auto* number = std::get_if<double>(&term);
    if (number == nullptr) return std::get<std::string>(term);
    return known_json(*number);
}

std::string text_of(const TermValue& term, const Dimension& dimension) {
    const auto* number = std::get_if<double>(&term);
    if (number == nullptr) return std::get<std::string>(term);
    return std::isfinite(*number) ? format_si(*number, dimension) : "unknown";
}

std::string side_text(const std::string& letter, const CompareSide& side) {
    const std::string file = side.file.empty() ? "" : side.file + ": ";
    const std::string factory = side.factory.empty() ? "" : ": " + side.factory;
    return wrapped(letter + "  ",
                   fmt::format("{}{}, rules of {}{}", file, side.name, to_text(side.date), factory),
                   3);
}

/// Whether both sides fit the columns of a table. It would cut longer ones, and the ends of plans
/// and reasons are what differs.
bool is_short(const std::string& a, const std::string& b) {
    constexpr std::size_t most = 28;
    return a.size() <= most && b.size() <= most;
}

/// Words too long for a table.
std::string long_text(const Difference& d, const std::string& a, const std::string& b) {
    const std::string of = d.job.empty() ? d.factory : d.factory + ", " + d.job;
    const auto line = [](const char* letter, const std::string& words) {
        return wrapped(letter, words.empty() ? "-" : words, 5);
    };
    return fmt::format("\n{}: {}\n", of, d.term) + line("  A  ", a) + line("  B  ", b);
}

Json side_json(const CompareSide& side) {
    return {{"file", side.file},
            {"name", side.name},
            {"date", to_text(side.date)},
            {"factory", side.factory}};
}

/// Whether a figure of the job is another on the other side.
bool differs(const JobExplanation& job) { return !std::ranges::all_of(job.figures, is_alike); }

/// What rules deny, and a sentence a figure of each job; of two factories with tables, of others
/// only where they differ.
std::string explanations_text(const CompareAnswer& answer) {
    std::string text;
    for (const std::string& note : answer.notes) text += wrapped("note: ", note, 2);
    const bool two = !answer.a.factory.empty();
    if (two && answer.explanations.empty()) text += "no job is asked of both\n";
    for (const JobExplanation& job : answer.explanations) {
        if (two || differs(job)) text += explanation_sentences(job);
    }
    for (const JobExplanation& job : answer.explanations) {
        if (two) text += explanation_tables(job);
    }
    return text.empty() ? text : text + "\n";
}

/// A line a difference. Factories are named where there may be several.
std::string differences_text(const CompareAnswer& answer) {
    const bool two = !answer.a.factory.empty();
    std::vector<std::vector<std::string>> rows;
    std::string below;
    for (const Difference& d : answer.differences) {
        const std::string a = text_of(d.a, d.dimension), b = text_of(d.b, d.dimension);
        const auto change = change_of(d);
        if (!is_short(a, b)) {
            below += long_text(d, a, b);
            continue;
        }
        std::vector<std::string> row{d.job, d.term, a, b,
                                     change ? fmt::format("{:+.1f} %", 100 * *change) : ""};
        if (!two) row.insert(row.begin(), d.factory);
        rows.push_back(std::move(row));
    }
    if (rows.empty()) return below;
    std::vector<std::string> header{"job", "term", "A", "B", "change"};
    if (!two) header.insert(header.begin(), "factory");
    return format_table(header, rows, two ? "llrrr" : "lllrrr") + below;
}

}  // namespace

std::string compare_text(const CompareAnswer& answer) {
    const std::string text = side_text("A", answer.a) + side_text("B", answer.b) + "\n";
    if (answer.differences.empty()) return text + "no difference in what both have\n";
    return text + explanations_text(answer) + differences_text(answer);
}

Json compare_json(const CompareAnswer& answer) {
    Json list = Json::array();
    for (const Difference& d : answer.differences) {
        const auto change = change_of(d);
        list.push_back({{"factory", d.factory},
                        {"job", d.job},
                        {"term", d.term},
                        {"a", term_json(d.a)},
                        {"b", term_json(d.b)},
                        {"change", change ? Json(*change) : Json(nullptr)}});
    }
    Json explanations = Json::array();
    for (const JobExplanation& job : answer.explanations) {
        explanations.push_back(explanation_json(job));
    }
    return {{"a", side_json(answer.a)},
            {"b", side_json(answer.b)},
            {"notes", answer.notes},
            {"explanations", explanations},
            {"differences", list}};
}

}  // namespace millwright
