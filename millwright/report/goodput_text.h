// An answer of `goodput` in words and tables.
#pragma once

#include <string>

#include "millwright/api/goodput.h"

namespace millwright {

/// The answer in a sentence, then how it was found, where the time goes and what would help.
std::string goodput_text(const GoodputAnswer& answer);

/// The sentence alone, as one line.
std::string goodput_sentence(const GoodputAnswer& answer);

}  // namespace millwright
