// Comma-separated tables with a header line (RFC 4180: quotes, doubled quotes, CRLF).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace millwright {

struct CsvTable {
    std::string file;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;  // each as wide as `columns`
    std::vector<int> lines;                      // line of the file each row begins on
};

/// Parses a table. Faults: no header, a repeated column, an open quote, a row of another width.
Result<CsvTable> parse_csv(std::string_view text, const std::string& file);

/// A cell by row number and column name; empty text if the table lacks the column.
std::string_view cell(const CsvTable& table, std::size_t row, std::string_view column);

/// Faults for the columns that a table lacks.
Faults missing_columns(const CsvTable& table, const std::vector<std::string>& wanted);

/// One line of a table, cells quoted where they must be, with its line end.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace millwright
