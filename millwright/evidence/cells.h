// What cells of tables of measurements say.
#pragma once

#include <map>
#include <string>

#include "millwright/base/cells.h"

namespace millwright {

/// A count of at least one; one if the cell is empty.
std::int64_t ways(const Cells& cells, std::string_view column);

/// "m=4096,n=1536,layout=TN" as names and texts.
std::map<std::string, std::string> named_values(const std::string& text);

/// Digits of a printed number, leading zeros and exponent aside.
std::size_t significant_digits(std::string_view printed);

/// Why a printed value cannot be held against a prediction; empty if it can.
std::string unusable_value(const Cells& cells, std::string_view column);

}  // namespace millwright
