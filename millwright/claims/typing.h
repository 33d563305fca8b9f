// What type an operation gives, and which it takes.
#pragma once

#include <optional>
#include <string>

#include "millwright/claims/network.h"

namespace millwright {

/// The type of a node's value by those of its arguments, which are nodes of `nodes`. Sets the
/// exponent of a whole power. Empty, and `why` it cannot be: "USD against 1".
std::optional<ClaimType> typed(const std::vector<ClaimNode>& nodes, ClaimNode& node,
                               std::string& why);

/// Reads `within`: "5 %" of the right side, "10 USD", "3 days" or "2x". Empty, and `why` it is
/// none.
/// `dimension` is set for an amount.
std::optional<ClaimSlack> parse_slack(std::string_view text, std::optional<Dimension>& dimension,
                                      std::string& why);

}  // namespace millwright
