// A table of either form becomes a CsvTable, so that columns are checked, rows read and answers
// added in one way.
#include "millwright/intake/question_table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/faults.h"
#include "millwright/base/text.h"

namespace millwright {
namespace {

using OrderedJson = nlohmann::ordered_json;

bool has(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

/// Lines on which the items of a list begin.
/// JSON values carry no places, so the text is walked once more: brackets outside of strings, at
/// the depth of the list's own items. The text was parsed before, so it is well formed.
std::vector<int> item_lines(std::string_view text) {
    std::vector<int> lines;
    int line = 1, depth = 0;
    bool quoted = false, awaited = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') ++line;
        if (awaited && std::string_view(" \t\r\n]").find(c) == std::string_view::npos) {
            lines.push_back(line);
            awaited = false;
        }
        if (quoted && c == '\\') ++i;
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        awaited = awaited || (c == '[' && depth == 0) || (c == ',' && depth == 1);
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
    }
    return lines;
}

/// A value as a cell would print it; a fault for what is no single value, but a list of words.
std::string cell_of(const OrderedJson& value, const std::string& key, const Place& at,
                    Faults& faults) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_number()) return value.dump();
    std::vector<std::string> words;
    for (const OrderedJson& item : value) {
        if (item.is_string()) words.push_back(item.get<std::string>());
    }
    if (value.is_array() && words.size() == value.size()) return join(words, ",");
    faults.push_back({at, fmt::format("'{}' holds no single value", key),
                      "write a text, a number, true, false or null"});
    return "";
}

/// Where a cell stands in its line, if its table quotes no more than it must.
int column_of(const std::vector<std::string>& cells, std::size_t i) {
    const std::vector<std::string> before(cells.begin(),
                                          cells.begin() + static_cast<std::ptrdiff_t>(i));
    return before.empty() ? 1 : static_cast<int>(csv_line(before).size()) + 1;
}

/// The field that a column names; null for remarks, answers and unknown columns.
const QuestionField* field_of(const std::string& column) {
    return has(remark_columns(), column) ? nullptr : question_field(column);
}

/// Columns of answers beside those of the authorities.
/// An authority cannot be called like one of them (`is_taken_column`).
constexpr std::array<std::string_view, 6> other_answers{"class",  "supply", "rule",
                                                        "reason", "open",   "answer_confidence"};

/// Words for columns that no spelling of their names comes near.
/// Empty for words that are not in the list.
std::string_view meant_by(std::string_view column) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 10> words{
        {{"hq", "headquarters"},
         {"parent", "headquarters"},
         {"country", "destination"},
         {"ship_to", "destination"},
         {"product", "chip"},
         {"part", "chip"},
         {"gpu", "chip"},
         {"qty", "quantity"},
         {"count", "quantity"},
         {"day", "date"}}};
    const auto found =
        std::ranges::find(words, column, &std::pair<std::string_view, std::string_view>::first);
    return found == words.end() ? std::string_view() : found->second;
}

/// What a column may have been meant as, in a few words; all columns where nothing is near.
std::string column_hint(const std::string& column, const std::vector<std::string>& known) {
    const std::string_view meant = meant_by(lower(column));
    std::string near;
    if (!meant.empty()) near = fmt::format("did you mean '{}'?", meant);
    if (meant.empty() && !column.empty()) near = did_you_mean(column, known);
    return near.empty() ? "columns are " + join(known, ", ")
                        : near + " docs/reference/tables.md has all columns";
}

}  // namespace

Result<CsvTable> parse_questions(std::string_view text, const std::string& file) {
    if (const std::size_t bad = first_invalid_utf8(text); bad != std::string_view::npos) {
        const auto line =
            1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bad), '\n');
        return failure(
            {{file, static_cast<int>(line), 1}, "this is not UTF-8", "save the table as UTF-8"});
    }
    const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const bool json = first != std::string_view::npos && (text[first] == '[' || text[first] == '{');
    if (!json) return parse_csv(text, file);
    // without exceptions: what is no JSON comes back discarded
    const OrderedJson list = OrderedJson::parse(text.substr(first), nullptr, false);
    CsvTable table{.file = file};
    if (list.is_discarded() || !list.is_array()) {
        return failure({{file, 0, 0},
                        "this is no JSON list of objects",
                        "such as [{\"chip\": \"h20\", \"destination\": \"CN\", ...}]"});
    }
    Faults faults;
    const std::vector<int> lines = item_lines(text);
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Place at{file, i < lines.size() ? lines[i] : 1, 1};
        if (!list[i].is_object()) {
            faults.push_back({at, fmt::format("item {} of the list is no object", i + 1),
                              "write {\"chip\": ..., \"destination\": ...}"});
            continue;
        }
        for (const auto& [key, value] : list[i].items()) {
            if (!has(table.columns, key)) table.columns.push_back(key);
        }
        table.lines.push_back(at.line);
        table.rows.emplace_back();
    }
    // cells come second, when all columns are known
    for (std::size_t i = 0; faults.empty() && i < list.size(); ++i) {
        for (const std::string& column : table.columns) {
            const Place at{file, table.lines[i], 1};
            const auto value = list[i].find(column);
            table.rows[i].push_back(value == list[i].end() ? ""
                                                           : cell_of(*value, column, at, faults));
        }
    }
    if (!faults.empty()) return failure(std::move(faults));
    return table;
}

std::vector<std::string> question_columns() { return {"chip", "date", "destination"}; }

std::vector<std::string> remark_columns() {
    return {"id",     "name",       "note",           "notes",           "comment",
            "source", "confidence", "expected_class", "expected_verdict"};
}

// Verdicts stand in the order of the rulebook, who leads first.
std::vector<std::string> answer_columns(const Rulebook& book) {
    std::vector<std::string> columns{"class"};
    for (const Authority& authority : book.authorities) columns.push_back(authority.id);
    columns.insert(columns.end(), {"supply", "rule", "answer_confidence", "reason", "open"});
    return columns;
}

bool is_taken_column(std::string_view name) {
    return question_field(name) != nullptr || has(remark_columns(), std::string(name)) ||
           std::ranges::find(other_answers, name) != other_answers.end();
}

// A column that nobody knows is a fault, not a remark: a misspelt one would leave its question open
// without a word. A field under two of its names is there twice.
Faults check_question_columns(const CsvTable& table, const Rulebook& book) {
    Faults faults;
    std::vector<std::string> seen;
    std::vector<std::string> known = question_names();
    for (const auto& more : {remark_columns(), answer_columns(book)}) {
        known.insert(known.end(), more.begin(), more.end());
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::string& column = table.columns[i];
        // of the header, which a list of objects does not have
        const Place at{table.file, 1, column_of(table.columns, i)};
        const QuestionField* field = field_of(column);
        if (field == nullptr && has(known, column)) continue;
        if (field == nullptr) {
            faults.push_back(
                {at, fmt::format("no column is called '{}'", column), column_hint(column, known)});
        } else if (has(seen, field->name)) {
            faults.push_back({at,
                              fmt::format("'{}' is given twice, here as '{}'", field->name, column),
                              "keep one of the two columns"});
        } else {
            seen.emplace_back(field->name);
        }
    }
    for (const std::string& column : question_columns()) {
        if (has(seen, column)) continue;
        faults.push_back({{table.file, 1, 1},
                          fmt::format("the table lacks column '{}'", column),
                          "see docs/reference/tables.md"});
    }
    return faults;
}

std::vector<std::string> old_names(const CsvTable& table) {
    std::vector<std::string> told;
    for (const std::string& column : table.columns) {
        const QuestionField* field = field_of(column);
        if (field == nullptr) continue;
        if (column == field->old) {
            told.push_back(fmt::format("column '{}' is an old name of '{}'", column, field->name));
        }
        if (column == "exported_from_us")
            told.emplace_back("column 'exported_from_us' is an old name of 'from'");
    }
    return told;
}

WrittenQuestion row_as_written(const CsvTable& table, std::size_t row, QuestionTable kind) {
    WrittenQuestion written;
    written.at = {table.file, table.lines[row], 1};
    written.worked_case = kind == QuestionTable::worked_cases;
    // tables with the column's old name were written so that an empty cell says yes
    written.empty_is_sold = written.worked_case || has(table.columns, "us_market_2026_01_15");
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const QuestionField* field = field_of(table.columns[i]);
        if (field == nullptr) continue;
        const std::string name(field->name);
        written.values[name] = table.rows[row][i];
        written.places[name] = {table.file, table.lines[row], column_of(table.rows[row], i)};
    }
    return written;
}

Result<RuleQuery> question_of(const CsvTable& table, std::size_t row, const Catalog& catalog,
                              const Rulebook& book, QuestionTable kind) {
    const WrittenQuestion written = row_as_written(table, row, kind);
    Faults faults;
    for (const char* needed : {"date", "destination"}) {
        if (written.has(needed)) continue;
        faults.push_back({written.at, fmt::format("no {} in this row", needed),
                          "a table states it in every row"});
    }
    if (!written.worked_case && !written.has("chip") && !written.has("tpp")) {
        faults.push_back({written.at, "no chip in this row, nor figures of one",
                          "name a chip of the catalog, or give tpp and the other figures"});
    }
    // no day stands in: a row without one is faulty already
    auto question = question_from(written, catalog, book, Date{});
    if (!question) {
        append(faults, question.error());
    }
    if (!faults.empty()) return failure(std::move(faults));
    return std::move(question->query);
}

}  // namespace millwright
