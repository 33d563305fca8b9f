// An answer of `claims check` as text.
#pragma once

#include <string>

#include "millwright/api/claims.h"

namespace millwright {

/// The answer in a sentence, then contradictions, then claims; no line wider than a report.
std::string claims_text(const ClaimsAnswer& answer);

}  // namespace millwright
