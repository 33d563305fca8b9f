#include "base/csv.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace millwright {
namespace {

struct Reader {
    std::string_view text;
    std::size_t at = 0;
    int line = 1;
    bool open_quote = false;

    bool done() const { return at >= text.size(); }

    /// A quoted cell; the opening quote has been taken.
    std::string quoted() {
        std::string out;
        while (!done()) {
            const char c = text[at++];
            if (c == '"' && (done() || text[at] != '"')) return out;
            if (c == '"') ++at;
            if (c == '\n') ++line;
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

    std::vector<std::string> record() {
        std::vector<std::string> cells{cell()};
        while (!done() && text[at] != '\n') {
            if (text[at] == ',') {
                ++at;
                cells.push_back(cell());
            } else {
                ++at;  // text after a closing quote, or a carriage return
            }
        }
        if (!done()) {
            ++at;
            ++line;
        }
        return cells;
    }
};

Faults header_faults(const CsvTable& table) {
    Faults faults;
    std::set<std::string> seen;
    for (const std::string& name : table.columns) {
        if (seen.insert(name).second) continue;
        faults.push_back({{table.file, 1, 1}, "column '" + name + "' appears twice", ""});
    }
    return faults;
}

}  // namespace

Result<CsvTable> parse_csv(std::string_view text, const std::string& file) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    CsvTable table;
    table.file = file;
    Reader reader{.text = text};
    if (text.empty()) return failure({{file, 0, 0}, "the table is empty", "give a header line"});
    table.columns = reader.record();
    Faults faults = header_faults(table);
    while (!reader.done()) {
        const int line = reader.line;
        std::vector<std::string> cells = reader.record();
        if (cells.size() == 1 && cells[0].empty()) continue;
        if (cells.size() != table.columns.size()) {
            faults.push_back({{file, line, 1},
                              fmt::format("{} cells where the header has {}", cells.size(),
                                          table.columns.size()),
                              "quote a cell that holds a comma"});
            continue;
        }
        table.rows.push_back(std::move(cells));
        table.lines.push_back(line);
    }
    if (reader.open_quote) faults.push_back({{file, reader.line, 1}, "a quote is not closed", ""});
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
