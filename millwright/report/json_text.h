// JSON as text: the one way from a result to a file, a page or the terminal.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace millwright {

/// Throws where a number is infinite or not a number, and names its place in the result
/// ("/jobs/0/step_s"): JSON would print it as null. Bytes that are not UTF-8, as names of files may
/// hold, become the replacement character. `indent` below zero puts all in one line.
std::string json_text(const nlohmann::ordered_json& json, int indent = 2);

}  // namespace millwright
