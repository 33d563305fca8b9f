// The best lawful factory of each month, against the best that money could buy.
#pragma once

#include <string>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/lawful/frontier.h"

namespace millwright {

/// Buyers, months, bounds and job of a file, every name looked up; it may be asked again in the
/// catalog that it was looked up in.
struct FrontierQuestion {
    Frontier frontier;
    bool optimistic = false;  // rank chips never measured as predicted
};

using FrontierAnswer = FrontierStudy;

/// Reads the file. All faults of it at once, with their places.
Result<FrontierQuestion> frontier_question(const std::string& file, const Setting& setting);

/// The frontier of each buyer, months in order. What a factory does is the same in all months; what
/// the rules say of it is asked in each.
Result<FrontierAnswer> frontier(const FrontierQuestion& question, const Setting& setting);

}  // namespace millwright
