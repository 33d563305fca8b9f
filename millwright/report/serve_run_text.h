// A simulated deployment for people.
#pragma once

#include <string>

#include "millwright/api/serve.h"

namespace millwright {

/// The answer in a sentence, then latencies, use and cost, then what stood in. Beyond what the
/// deployment can do the sentence says how fast the wait grows, and of a deployment that holds no
/// request what would.
std::string serve_answer_text(const ServeAnswer& answer);

}  // namespace millwright
