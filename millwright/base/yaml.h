// YAML of a tree of values: block style, two spaces a level, every text in quotes.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace millwright {

/// Lines of the tree, in its order, each with its end. Texts are written in double quotes with the
/// escapes of JSON, which YAML shares; one of several lines is a literal block where each is plain
/// ASCII and none begins with a blank.
std::string yaml_text(const nlohmann::ordered_json& tree);

}  // namespace millwright
