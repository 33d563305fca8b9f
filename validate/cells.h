// Cells of a table of measurements, by column name.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/csv.h"
#include "base/text.h"

namespace millwright {

/// One row of a table.
struct Cells {
    const CsvTable& table;
    std::size_t row;

    std::string text(std::string_view column) const;
    /// The cell as a finite number; nothing if it is empty or something else.
    std::optional<double> number(std::string_view column) const;
    /// A count of at least one; one if the cell is empty.
    std::int64_t ways(std::string_view column) const;
};

/// "m=4096,n=1536,layout=TN" as names and texts.
std::map<std::string, std::string> named_values(const std::string& text);

/// Digits of a printed number, leading zeros and exponent aside.
std::size_t significant_digits(std::string_view printed);

/// Why a printed value cannot be held against a prediction; empty if it can.
std::string unusable_value(const Cells& cells, std::string_view column);

}  // namespace millwright
