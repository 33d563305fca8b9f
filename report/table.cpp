#include "report/table.h"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace millwright {
namespace {

constexpr std::string_view gap = "  ";

/// Characters on a terminal: UTF-8 continuation bytes take no room.
std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

std::string fitted(const std::string& text, std::size_t width, bool right) {
    if (width_of(text) > width) return text.substr(0, width - 1) + "~";
    const std::string pad(width - width_of(text), ' ');
    return right ? pad + text : text + pad;
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                    const std::string& alignment) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        if (i > 0) line += gap;
        line += fitted(i < cells.size() ? cells[i] : "", widths[i], alignment[i] == 'r');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

/// Narrows the widest columns until a line fits.
void shrink(std::vector<std::size_t>& widths) {
    const auto total = [&] {
        return std::accumulate(widths.begin(), widths.end(), gap.size() * (widths.size() - 1));
    };
    while (total() > report_width) --*std::max_element(widths.begin(), widths.end());
}

/// Columns aligned right hold numbers: one that is infinite or none is a bug, and not printed.
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
                         const std::vector<std::vector<std::string>>& rows,
                         const std::string& alignment) {
    check_finite(header, rows, alignment);
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < header.size(); ++i) {
        std::size_t width = width_of(header[i]);
        for (const auto& row : rows) width = std::max(width, width_of(row[i]));
        widths.push_back(width);
    }
    shrink(widths);
    std::string text = line_of(header, widths, alignment);
    std::vector<std::string> rule;
    for (const std::size_t width : widths) rule.emplace_back(width, '-');
    text += line_of(rule, widths, alignment);
    for (const auto& row : rows) text += line_of(row, widths, alignment);
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
