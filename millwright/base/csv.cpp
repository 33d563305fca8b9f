// One pass over the bytes, a record at a time. Commas, quotes and line feeds are ASCII, which no
// longer character of UTF-8 contains, so bytes will do. Every fault of the file is told, not the
// first alone: a record that does not fit is passed over and reading goes on behind its line end.
#include "millwright/base/csv.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/text.h"

namespace millwright {
namespace {

/// `at` is the next byte; `line` and `line_begins` say where it stands, inside quotes too.
struct Reader {
    std::string_view text;
    std::size_t at = 0;
    int line = 1;
    std::size_t line_begins = 0;
    bool open_quote = false;
    Faults faults{};
    std::string file{};

    bool done() const { return at >= text.size(); }
    int column() const { return static_cast<int>(at - line_begins) + 1; }
    void next_line() {
        ++line;
        line_begins = at;
    }

    /// A quoted cell; the opening quote has been taken.
    std::string quoted() {
        std::string out;
        while (!done()) {
            const char c = text[at++];
            if (c == '"' && (done() || text[at] != '"')) return out;
            if (c == '"') ++at;
            if (c == '\n') next_line();
            out += c;
        }
        open_quote = true;
        return out;
    }

    std::string cell() {
        if (!done() && text[at] == '"') {
            ++at;
            return quoted();
        }
        std::string out;
        while (!done() && text[at] != ',' && text[at] != '\n') out += text[at++];
        if (!out.empty() && out.back() == '\r') out.pop_back();
        return out;
    }

    /// What stands behind a closing quote up to the next comma: nothing, or a carriage return.
    void skip_rest() {
        const int from = column();
        const std::size_t end = std::min(text.find_first_of(",\n", at), text.size());
        const std::string_view rest = text.substr(at, end - at);
        at = end;
        if (rest.empty() || rest == "\r") return;
        faults.push_back({{file, line, from},
                          fmt::format("'{}' behind a closing quote", excerpt(rest)),
                          "write a quote inside a quoted cell twice"});
    }

    /// The cells up to the end of the line, which is taken; `begins` gets the column of each.
    std::vector<std::string> record(std::vector<int>& begins) {
        begins.push_back(column());
        std::vector<std::string> cells{cell()};
        while (!done() && text[at] != '\n') {
            if (text[at] == ',') {
                ++at;
                begins.push_back(column());
                cells.push_back(cell());
            } else {
                skip_rest();
            }
        }
        if (!done()) {
            ++at;
            next_line();
        }
        return cells;
    }
};

Faults header_faults(const CsvTable& table) {
    Faults faults;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::string& name = table.columns[i];
        if (seen.insert(name).second) continue;
        faults.push_back({place_of(table, header_row, i),
                          fmt::format("column '{}' appears twice", excerpt(name)),
                          "keep one of them"});
    }
    return faults;
}

/// Bytes that no table of text has, at their first place; none if there is none.
Faults byte_faults(std::string_view text, const std::string& file) {
    const std::size_t bad = first_invalid_utf8(text);
    if (bad != std::string_view::npos) {
        return {{place_at(text, bad, file), "this byte is not UTF-8", "save the file in UTF-8"}};
    }
    const auto control = std::ranges::find_if(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < ' ' && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
    });
    if (control == text.end()) return {};
    const auto at = static_cast<std::size_t>(control - text.begin());
    return {{place_at(text, at, file), "a control character", "a table is text"}};
}

void read_rows(Reader& reader, CsvTable& table) {
    std::size_t cells_read = 0;
    while (!reader.done()) {
        const int line = reader.line;
        std::vector<int> begins;
        std::vector<std::string> cells = reader.record(begins);
        // an empty line is no row, in a table of one column too
        if (cells.size() == 1 && cells[0].empty()) continue;
        cells_read += cells.size();
        if (cells_read > most_cells) {
            reader.faults.push_back({{table.file, line, 1},
                                     fmt::format("more than {} cells", most_cells),
                                     "split the table"});
            return;
        }
        if (cells.size() != table.columns.size()) {
            reader.faults.push_back({{table.file, line, 1},
                                     fmt::format("{} cells where the header has {}", cells.size(),
                                                 table.columns.size()),
                                     "quote a cell that holds a comma"});
            continue;
        }
        table.rows.push_back(std::move(cells));
        table.lines.push_back(line);
        table.begins.push_back(std::move(begins));
    }
}

}  // namespace

Place place_of(const CsvTable& table, std::size_t row, std::size_t column) {
    const std::size_t at = row == header_row ? 0 : row + 1;
    const bool known = at < table.begins.size() && column < table.begins[at].size();
    const bool has_line = row != header_row && row < table.lines.size();
    return {table.file, has_line ? table.lines[row] : 1, known ? table.begins[at][column] : 1};
}

Result<CsvTable> parse_csv(std::string_view text, const std::string& file) {
    // the byte order mark that spreadsheets write
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (Faults faults = byte_faults(text, file); !faults.empty()) {
        return failure(std::move(faults));
    }
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return failure({{file, 0, 0}, "the table is empty", "give a header line"});
    }
    CsvTable table;
    table.file = file;
    Reader reader{.text = text, .file = file};
    table.columns = reader.record(table.begins.emplace_back());
    for (std::string& name : table.columns) name = trimmed(name);
    Faults faults = header_faults(table);
    read_rows(reader, table);
    append(faults, reader.faults);
    if (reader.open_quote)
        faults.push_back({{file, reader.line, 1}, "a quote is not closed", "end the cell with \""});
    if (!faults.empty()) return failure(std::move(faults));
    return table;
}

std::string_view cell(const CsvTable& table, std::size_t row, std::string_view column) {
    const auto found = std::find(table.columns.begin(), table.columns.end(), column);
    if (found == table.columns.end()) return {};
    return table.rows[row][static_cast<std::size_t>(found - table.columns.begin())];
}

std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (const std::string& cell : cells) {
        if (&cell != &cells.front()) line += ',';
        if (cell.find_first_of(",\"\r\n") == std::string::npos) {
            line += cell;
            continue;
        }
        line += '"';
        for (const char c : cell) line += c == '"' ? std::string("\"\"") : std::string(1, c);
        line += '"';
    }
    return line + "\n";
}

Faults missing_columns(const CsvTable& table, const std::vector<std::string>& wanted) {
    Faults faults;
    for (const std::string& column : wanted) {
        if (std::find(table.columns.begin(), table.columns.end(), column) != table.columns.end()) {
            continue;
        }
        faults.push_back({{table.file, 1, 1},
                          fmt::format("the table lacks column '{}'", column),
                          "see docs/reference/tables.md"});
    }
    return faults;
}

}  // namespace millwright
