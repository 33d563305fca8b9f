// A list of results as a table for spreadsheets.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace millwright {

/// RFC 4180: a header and a line an object of the list. Columns are the keys whose values are
/// numbers, words, truths or nothing, in the order in which they first appear; a key within an
/// object is named "outer.inner"; lists are left out. What an object lacks and null are empty
/// cells; numbers read back to the same bits. A list without such a key is empty text.
std::string json_csv(const nlohmann::ordered_json& list);

}  // namespace millwright
