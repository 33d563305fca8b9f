// What the engines say of a factory, as facts beside those of the record.
#pragma once

#include <vector>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/intake/claims_text.h"

namespace millwright {

/// A fact for each [[reckoned]], in its order, graded an estimate: power, capital, a year's cost
/// (by year), a training job's time (four in five of its band) or the price of a million tokens.
/// Each scenario is run once. Faults, all at once: those of scenarios at their own places; names
/// that they lack; what a factory cannot do, which is no number.
Result<std::vector<StatementText>> reckoned_facts(const ClaimsText& text, const Setting& setting);

}  // namespace millwright
