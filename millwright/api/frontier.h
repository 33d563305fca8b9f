// The best lawful factory of each month, against the best that money could buy.
#pragma once

#include <string>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/lawful/frontier.h"

namespace millwright {

/// Buyers, months, bounds and job of a file, every name looked up.
struct FrontierQuestion {
    Frontier frontier;
};

using FrontierAnswer = FrontierStudy;

/// All faults of the file at once.
Result<FrontierQuestion> frontier_question(const std::string& file, const Setting& setting);

Result<FrontierAnswer> frontier(const FrontierQuestion& question, const Setting& setting);

}  // namespace millwright
