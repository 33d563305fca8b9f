// JSON as text: the one way from a result to a file, a page or the terminal.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace millwright {

/// Throws std::logic_error where a number is infinite or not a number, and names its place in the
/// result ("/jobs/0/step_s"): JSON would print it as null, and a bug would read as "unknown". Bytes
/// that are not UTF-8, as names of files may hold, become the replacement character. `indent` below
/// zero puts all in one line; no line break at the end.
std::string json_text(const nlohmann::ordered_json& json, int indent = 2);

}  // namespace millwright
