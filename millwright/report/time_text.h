// Times and shares as people say them.
#pragma once

#include <string>

#include "millwright/base/quantity.h"

namespace millwright {

/// Seconds, minutes, hours or days, with three digits or four.
std::string readable(Seconds time);

/// A share with one decimal: "71.0 %".
std::string percent(double share);

}  // namespace millwright
