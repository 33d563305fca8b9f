// Checks and getters share their parsers, so that what passed the one is read by the other.
// Faults are found column by column and sorted by line, as a reader mends them. One mistake can
// spoil every row: a hundred faults are kept and the rest counted. A count is any text of a whole
// number that a double holds exactly.
#include "millwright/base/cells.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {
namespace {

// One mistake in a column can make a fault of every row: so many tell it.
constexpr std::size_t most_faults = 100;

/// A whole number that a double holds exactly, however it is written: 8, 8.0 or 8e3.
std::optional<std::int64_t> count_of(std::string_view text) {
    constexpr double most = 9007199254740992;  // 2^53
    const auto number = number_of(text);
    if (!number || std::abs(*number) > most || *number != std::floor(*number)) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

std::optional<std::size_t> choice_of(std::string_view text,
                                     std::span<const std::string_view> choices) {
    const std::string word = lower(text);
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (lower(choices[i]) == word) return i;
    }
    return std::nullopt;
}

const Column* column_named(Columns columns, std::string_view name) {
    for (const Column& column : columns) {
        const bool older = !column.older.empty() && column.older == name;
        if (column.name == name || older) return &column;
    }
    return nullptr;
}

std::vector<std::string> names_of(Columns columns) {
    std::vector<std::string> names;
    for (const Column& column : columns) names.emplace_back(column.name);
    return names;
}

/// The narrower of range and limits at each end. A number may be zero where its range begins there,
/// although the least magnitude lies above: the gap is told too.
std::string bounds_text(const Column& column) {
    const bool above_zero = column.kind == CellKind::number && column.range.low > 0;
    const double low = above_zero ? std::max(column.range.low, column.limits.least)
                                  : std::max(column.range.low, -column.limits.most);
    const double high = std::min(column.range.high, column.limits.most);
    const std::string least =
        column.kind == CellKind::number && column.range.low <= 0 && column.limits.least > 0
            ? fmt::format("; other than zero, {:g} at least", column.limits.least)
            : "";
    return fmt::format("{:.12g} to {:.12g}{}", low, high, least);
}

/// What a cell of the column must be, for hints.
std::string wanted(const Column& column) {
    switch (column.kind) {
        case CellKind::text:
        case CellKind::unread: return "text";
        case CellKind::count: return "a whole number from " + bounds_text(column);
        case CellKind::number: return "a number from " + bounds_text(column);
        case CellKind::choice: {
            const std::vector<std::string> words(column.choices.begin(), column.choices.end());
            return "one of " + join(words, ", ");
        }
        case CellKind::date: return "a day of the calendar, such as 2026-02-01";
    }
    return "";
}

bool in_range(double value, const Range& range) {
    return value >= range.low && value <= range.high;
}

/// Why a cell cannot be what its column holds; empty if it can.
std::string why_not(std::string_view cell, const Column& column) {
    switch (column.kind) {
        case CellKind::unread: return "";
        case CellKind::text:
            if (cell.size() <= longest_text) return "";
            return fmt::format("has {} characters, more than {}", cell.size(), longest_text);
        case CellKind::count: {
            if (!number_of(cell)) return "is no number";
            const auto count = count_of(cell);
            // a huge number is told as out of range, whether whole or not
            if (!count && std::abs(*number_of(cell)) < 1e15) return "is no whole number";
            const bool inside = count && in_range(static_cast<double>(*count), column.range);
            return inside ? "" : "is out of range";
        }
        case CellKind::number: {
            const auto number = number_of(cell);
            if (!number) return "is no number";
            const bool inside =
                in_range(*number, column.range) && is_within(*number, column.limits);
            return inside ? "" : "is out of range";
        }
        case CellKind::choice: return choice_of(cell, column.choices) ? "" : "is not allowed";
        case CellKind::date: return parse_date(cell) ? "" : "is no date";
    }
    return "";
}

/// Collects faults, of which only so many are kept.
struct KeptFaults {
    Faults faults{};
    std::size_t more = 0;

    void add(Fault fault) {
        if (faults.size() < most_faults) {
            faults.push_back(std::move(fault));
        } else {
            ++more;
        }
    }
};

void check_header(const CsvTable& table, Columns columns, KeptFaults& telling) {
    const std::vector<std::string> known = names_of(columns);
    const std::string all = "columns of this table: " + join(known, ", ");
    std::vector<const Column*> present;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::string& name = table.columns[i];
        const Column* column = column_named(columns, name);
        const Place at = place_of(table, header_row, i);
        if (column == nullptr) {
            const std::string near = name.size() < 100 ? did_you_mean(name, known) : "";
            telling.add({at,
                         name.empty() ? "a column has no name"
                                      : fmt::format("unknown column '{}'", excerpt(name)),
                         near.empty() ? all : near + " " + all});
        } else if (std::ranges::find(present, column) != present.end()) {
            telling.add({at, fmt::format("'{}' is another name of a column that is there", name),
                         fmt::format("keep '{}'", column->name)});
        }
        present.push_back(column);
    }
    for (const Column& column : columns) {
        if (column.needed == Needed::no || std::ranges::find(present, &column) != present.end()) {
            continue;
        }
        telling.add({{table.file, 1, 1},
                     fmt::format("the table lacks column '{}'", column.name),
                     all + "; see docs/reference/tables.md"});
    }
}

void check_column(const CsvTable& table, std::size_t at, const Column& column,
                  KeptFaults& telling) {
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const std::string_view cell = trimmed(table.rows[row][at]);
        if (cell.empty()) {
            if (column.needed != Needed::cell) continue;
            telling.add({place_of(table, row, at), fmt::format("{} is empty", column.name),
                         fmt::format("{} is {}", column.name, wanted(column))});
            continue;
        }
        const std::string why = why_not(cell, column);
        if (why.empty()) continue;
        telling.add({place_of(table, row, at),
                     fmt::format("'{}' in {} {}", excerpt(cell), column.name, why),
                     fmt::format("{} is {}", column.name, wanted(column))});
    }
}

}  // namespace

Faults table_faults(const CsvTable& table, Columns columns) {
    KeptFaults telling;
    check_header(table, columns, telling);
    if (table.rows.empty())
        telling.add({{table.file, 1, 1}, "the table has no rows", "write one below the header"});
    for (std::size_t at = 0; at < table.columns.size(); ++at) {
        const Column* column = column_named(columns, table.columns[at]);
        if (column != nullptr) check_column(table, at, *column, telling);
    }
    // found column by column, read line by line
    std::ranges::stable_sort(telling.faults, {}, [](const Fault& fault) { return fault.at.line; });
    if (telling.more > 0) {
        telling.faults.push_back({{table.file, 0, 0},
                                  fmt::format("{} more faults", telling.more),
                                  "mend those told first"});
    }
    return std::move(telling.faults);
}

void rename_older(CsvTable& table, Columns columns) {
    for (std::string& name : table.columns) {
        if (const Column* column = column_named(columns, name)) name = column->name;
    }
}

Result<CsvTable> read_table(std::string_view text, const std::string& file, Columns columns) {
    auto table = parse_csv(text, file);
    if (!table) return table;
    if (Faults faults = table_faults(*table, columns); !faults.empty()) {
        return failure(std::move(faults));
    }
    rename_older(*table, columns);
    return table;
}

std::string Cells::text(std::string_view column) const {
    return std::string(cell(table, row, column));
}

std::optional<double> Cells::number(std::string_view column) const {
    return number_of(trimmed(cell(table, row, column)));
}

std::optional<std::int64_t> Cells::count(std::string_view column) const {
    return count_of(trimmed(cell(table, row, column)));
}

std::optional<Date> Cells::date(std::string_view column) const {
    return parse_date(trimmed(cell(table, row, column)));
}

std::optional<std::size_t> Cells::choice(std::string_view column,
                                         std::span<const std::string_view> choices) const {
    return choice_of(trimmed(cell(table, row, column)), choices);
}

Place Cells::at(std::string_view column) const {
    const auto found = std::ranges::find(table.columns, column);
    return place_of(table, row, static_cast<std::size_t>(found - table.columns.begin()));
}

Fault Cells::fault(std::string_view column, std::string message, std::string hint) const {
    return {at(column), std::move(message), std::move(hint)};
}

}  // namespace millwright
