// What cells of tables of measurements say.
#pragma once

#include <map>
#include <string>

#include "millwright/base/cells.h"

namespace millwright {

/// A count of at least one; one if the cell is empty.
std::int64_t ways(const Cells& cells, std::string_view column);

/// "m=4096,n=1536,layout=TN" as names and texts. Items end at a comma, a semicolon or a space; what
/// has no equals sign is left out, and of a name that stands twice the last counts.
std::map<std::string, std::string> named_values(const std::string& text);

/// Digits of a printed number, leading zeros and exponent aside: three of "0.0125" and of "1.50e6".
/// Zeros at the end are taken for measured ones.
std::size_t significant_digits(std::string_view printed);

/// Why a printed value cannot be held against a prediction; empty if it can. It must be there,
/// above zero and of two digits: with one digit the print alone may be half off.
std::string unusable_value(const Cells& cells, std::string_view column);

}  // namespace millwright
