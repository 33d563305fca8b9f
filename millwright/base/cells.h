// Cells of CSV tables: one reader for every table that the program takes.
//
// A kind of table is a list of `Column`s. `table_faults` holds a table against it and tells
// everything that is wrong at once: columns that nobody knows, columns that are missing, and every
// cell that cannot be what its column says, with line and column. After that `Cells` gives numbers
// that need no further check.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/csv.h"
#include "millwright/base/date.h"
#include "millwright/base/fields.h"
#include "millwright/base/limits.h"

namespace millwright {

/// What the cells of a column hold. Spaces at the ends of a cell are no part of it, and an empty
/// cell is never held against its kind, only against `Needed`.
enum class CellKind : std::uint8_t {
    text,    // words, of at most `longest_text` bytes
    unread,  // known, and without effect: remarks, identifiers of a source's own
    count,   // a whole number
    number,  // a finite number, zero or within `limits`
    choice,  // one of `choices`, upper or lower case
    date     // YYYY-MM-DD
};

/// `column`: the header must have it. `cell`: neither may a cell of it be empty.
enum class Needed : std::uint8_t { no, column, cell };

/// One column of a kind of table. `range` and `limits` are both in the unit that the table prints.
struct Column {
    std::string_view name;
    CellKind kind = CellKind::text;
    Needed needed = Needed::no;
    Range range{};                                // counts and numbers, as printed
    Limits limits = plain_limits;                 // numbers; see limits_in()
    std::span<const std::string_view> choices{};  // for `choice`
    std::string_view older{};                     // a name of the column that is still taken
};

/// The columns of a kind of table, in the order in which hints list them.
using Columns = std::span<const Column>;

inline constexpr std::size_t longest_text = 2000;

/// What is wrong with a table's header and cells; empty if nothing is. Of very many faults the
/// first hundred are told, and how many more there are.
Faults table_faults(const CsvTable& table, Columns columns);

/// Gives columns that have an older name their present one. A table that has both is faulty
/// already.
void rename_older(CsvTable& table, Columns columns);

/// Parses, checks and renames: a table whose cells are as `columns` say, or every fault.
Result<CsvTable> read_table(std::string_view text, const std::string& file, Columns columns);

/// One row of a checked table, by names of columns. An empty cell, or one of a column that the
/// table lacks, is nothing.
/// Each call reads the text again. `table` must outlive this.
struct Cells {
    const CsvTable& table;
    std::size_t row;

    std::string text(std::string_view column) const;
    std::optional<double> number(std::string_view column) const;
    std::optional<std::int64_t> count(std::string_view column) const;
    std::optional<Date> date(std::string_view column) const;
    /// Number of the choice within `choices`.
    std::optional<std::size_t> choice(std::string_view column,
                                      std::span<const std::string_view> choices) const;

    /// Where the cell begins; column 1 of the row's line if the table lacks the column.
    Place at(std::string_view column) const;
    /// A fault at this row's cell of that column.
    Fault fault(std::string_view column, std::string message, std::string hint = "") const;
};

}  // namespace millwright
