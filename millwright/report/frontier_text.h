// A lawful frontier as text and JSON.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/lawful/frontier.h"

namespace millwright {

/// For each buyer one line a change of the best lawful factory, then the last month's best of every
/// line side by side, and last what was assumed.
std::string frontier_text(const FrontierStudy& study);

/// Every month with the best of each line, months as YYYY-MM. A line without a best is null, as is
/// the `ratio` of a change from or to nothing. Tokens are a second: `trained` of the whole factory,
/// `prefill` and `decode` of one replica.
nlohmann::ordered_json frontier_json(const FrontierStudy& study);

}  // namespace millwright
