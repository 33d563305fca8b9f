// Comma-separated tables with a header line (RFC 4180: quotes, doubled quotes, CRLF), in UTF-8.
//
// What the columns of a table must hold is said and checked by cells.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/result.h"

namespace millwright {

/// A table as read: cells without their quotes, spaces kept; names of columns without spaces at
/// their ends. Lines and columns count from 1, columns in bytes.
struct CsvTable {
    std::string file;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;  // each as wide as `columns`
    std::vector<int> lines;                      // line of the file each row begins on
    std::vector<std::vector<int>> begins;        // column of the file each cell begins on; the
                                                 // header's first
};

/// Stands for the header in place_of().
inline constexpr std::size_t header_row = static_cast<std::size_t>(-1);

/// The place of a cell: its row's line, and the column that it begins on.
Place place_of(const CsvTable& table, std::size_t row, std::size_t column);

/// Cells of a table, header aside, at most.
inline constexpr std::size_t most_cells = 20'000'000;

/// Parses a table. Faults: bytes that are not UTF-8 or control characters, no header, a repeated
/// column, an open quote, text behind a closing quote, a row of another width, too many cells.
Result<CsvTable> parse_csv(std::string_view text, const std::string& file);

/// A cell by row number and column name; empty text if the table lacks the column.
std::string_view cell(const CsvTable& table, std::size_t row, std::string_view column);

/// Faults for the columns that a table lacks.
Faults missing_columns(const CsvTable& table, const std::vector<std::string>& wanted);

/// One line of a table, cells quoted where they must be, with its line end.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace millwright
