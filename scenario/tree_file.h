// A fabric of tiers from a file.
#pragma once

#include <string>

#include "base/result.h"
#include "network/tree.h"

namespace millwright {

/// Reads port, hop and [[tier]] tables (TOML); without hosts, routed by hash. All faults at once.
Result<Tree> read_tree(const std::string& path);
Result<Tree> parse_tree(std::string_view text, const std::string& file);

}  // namespace millwright
