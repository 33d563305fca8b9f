// Widths are counted before anything is cut, then taken off the widest column one by one, so that
// narrow columns of numbers stay whole; a short first column, which has names, gives way last.
// Each cell is made printable first: what a name holds can neither move the cursor nor add a
// line. An infinite number in a column of numbers throws before a line is made.
#include "millwright/report/table.h"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "millwright/base/names.h"

namespace millwright {
namespace {

constexpr std::string_view gap = "  ";

/// Bytes of the longest beginning that takes at most so many columns on a terminal, and these.
struct Beginning {
    std::size_t bytes = 0, columns = 0;
};
Beginning beginning(const std::string& text, std::size_t most) {
    Beginning part;
    while (part.bytes < text.size()) {
        const Utf8 c = utf8_at(text, part.bytes);
        const std::size_t wide = c.valid ? columns_of(c.code) : 1;
        if (part.columns + wide > most) break;
        part.columns += wide;
        part.bytes += c.length;
    }
    return part;
}

/// Columns that the text takes; half of the largest number stands for no bound, so that a sum with
/// it does not wrap.
std::size_t width_of(const std::string& text) {
    return beginning(text, std::string::npos / 2).columns;
}

/// The text in exactly `width` columns, which is one at least. A wide character may not fit the
/// last column before the mark; a blank takes its place.
std::string fitted(const std::string& text, std::size_t width, bool right) {
    if (width_of(text) > width) {
        const Beginning kept = beginning(text, width - 1);
        return text.substr(0, kept.bytes) + "~" + std::string(width - 1 - kept.columns, ' ');
    }
    const std::string pad(width - width_of(text), ' ');
    return right ? pad + text : text + pad;
}

/// Missing cells at the end of a row are blank.
std::string line_of(const std::vector<std::string>& cells,
                    const std::vector<std::size_t>& column_widths, const std::string& alignment) {
    std::string line;
    for (std::size_t i = 0; i < column_widths.size(); ++i) {
        if (i > 0) line += gap;
        line += fitted(i < cells.size() ? cells[i] : "", column_widths[i], alignment[i] == 'r');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

/// A cell as it will be printed, line breaks and tabs as spaces.
std::string one_line(const std::string& cell) {
    std::string text = printable(cell);
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return text;
}

/// A bar within a cell would end it.
std::string markdown_line(const std::vector<std::string>& cells) {
    std::string line = "|";
    for (const std::string& cell : cells) {
        line += ' ';
        for (const char c : one_line(cell)) {
            if (c == '|' || c == '\\') line += '\\';
            line += c;
        }
        line += " |";
    }
    return line + "\n";
}

/// Narrows the widest columns until a line fits, a column at a time: short columns of numbers stay
/// whole, long words give way; a name in the first column, by which a reader goes on, last.
void shrink(std::vector<std::size_t>& column_widths) {
    constexpr std::size_t legible = 8, longest_name = 28;
    const bool named = column_widths.size() > 1 && column_widths.front() <= longest_name;
    const auto total = [&] {
        return std::accumulate(column_widths.begin(), column_widths.end(),
                               gap.size() * (column_widths.size() - 1));
    };
    while (total() > report_width) {
        const auto widest =
            std::max_element(column_widths.begin() + (named ? 1 : 0), column_widths.end());
        --*(*widest > legible ? widest
                              : std::max_element(column_widths.begin(), column_widths.end()));
    }
}

/// Columns aligned right hold numbers: one that is infinite or none is a bug, and not printed.
/// Names are in columns aligned left, where "inf" may be one. A unit may follow the number.
void check_finite(const std::vector<std::string>& header,
                  const std::vector<std::vector<std::string>>& rows, const std::string& alignment) {
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size() && i < alignment.size(); ++i) {
            std::string_view cell = row[i];
            if (alignment[i] != 'r' || cell.empty()) continue;
            if (cell.front() == '-' || cell.front() == '+') cell.remove_prefix(1);
            const std::string_view word = cell.substr(0, cell.find(' '));
            if (word != "nan" && word != "inf") continue;
            throw std::logic_error("'" + header[i] + "' of the result is " + row[i]);
        }
    }
}

}  // namespace

std::string format_table(const std::vector<std::string>& header,
                         const std::vector<std::vector<std::string>>& written,
                         const std::string& alignment) {
    check_finite(header, written, alignment);
    std::vector<std::vector<std::string>> rows = written;
    for (std::vector<std::string>& row : rows) {
        for (std::string& cell : row) cell = one_line(cell);
    }
    std::vector<std::size_t> column_widths;
    for (std::size_t i = 0; i < header.size(); ++i) {
        std::size_t width = width_of(header[i]);
        for (const auto& row : rows) {
            if (i < row.size()) width = std::max(width, width_of(row[i]));
        }
        column_widths.push_back(width);
    }
    shrink(column_widths);
    std::string text = line_of(header, column_widths, alignment);
    std::vector<std::string> rule;
    for (const std::size_t width : column_widths) rule.emplace_back(width, '-');
    text += line_of(rule, column_widths, alignment);
    for (const auto& row : rows) text += line_of(row, column_widths, alignment);
    return text;
}

std::string markdown_table(const std::vector<std::string>& header,
                           const std::vector<std::vector<std::string>>& rows,
                           const std::string& alignment) {
    check_finite(header, rows, alignment);
    std::string text = markdown_line(header) + "|";
    for (const char side : alignment) text += side == 'r' ? " ---: |" : " --- |";
    text += "\n";
    for (const std::vector<std::string>& row : rows) text += markdown_line(row);
    return text;
}

std::string wrapped(const std::string& head, const std::string& text, std::size_t indent) {
    std::istringstream words(text);
    std::string out = head;
    std::size_t column = width_of(head);
    bool fresh = true;
    for (std::string word; words >> word; fresh = false) {
        if (!fresh && column + 1 + width_of(word) > report_width) {
            out += "\n" + std::string(indent, ' ');
            column = indent;
        } else if (!fresh) {
            out += ' ';
            ++column;
        }
        out += word;
        column += width_of(word);
    }
    return out + "\n";
}

}  // namespace millwright
