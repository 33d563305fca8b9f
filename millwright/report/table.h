// Plain-text tables that fit a terminal of 100 columns.
#pragma once

// Width is counted in columns of a terminal, not in bytes: wide characters take two, marks that
// combine none.

#include <string>
#include <vector>

namespace millwright {

/// Columns of every line of a report.
inline constexpr std::size_t report_width = 100;

/// Puts more cells behind those of a row.
inline void append(std::vector<std::string>& row, const std::vector<std::string>& more) {
    row.insert(row.end(), more.begin(), more.end());
}

/// Columns padded to their widest cell; `alignment` has a letter for each, 'r' where it is aligned
/// right and 'l' where left. Every row has as many cells as the header. Throws std::logic_error
/// where a cell aligned right is "inf" or "nan": such a number is a bug. Cells of the widest
/// columns are cut, with "~" at the end, so that no line is wider than `report_width`; what is
/// printed is `printable`, on one line, without blanks at its end.
std::string format_table(const std::vector<std::string>& header,
                         const std::vector<std::vector<std::string>>& rows,
                         const std::string& alignment);

/// The same as a table of Markdown (GitHub Flavored Markdown, 4.10): nothing is cut.
std::string markdown_table(const std::vector<std::string>& header,
                           const std::vector<std::vector<std::string>>& rows,
                           const std::string& alignment);

/// `head`, then the words of the text up to `report_width`, later lines indented by `indent`, with
/// a line break at the end. Runs of blanks become one; a word wider than the line stands alone and
/// is not cut, nor is the head.
std::string wrapped(const std::string& head, const std::string& text, std::size_t indent);

}  // namespace millwright
