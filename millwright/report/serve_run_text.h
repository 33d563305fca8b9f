// A simulated deployment for people.
#pragma once

#include <string>

#include "millwright/api/serve.h"

namespace millwright {

/// The answer in a sentence; of several where the deployment cannot do what is asked.
std::string serve_answer_sentence(const ServeAnswer& answer);

/// Of an answer with curves: up to which rate waits do not grow, and how much of it was asked for.
std::string knee_sentence(const ServeAnswer& answer);

/// The model, its formats and what it runs on.
std::string deployment_text(const ServeAnswer& answer);

/// The answer in a sentence, then latencies, use and cost, then what stood in. Beyond what the
/// deployment can do the sentence says how fast the wait grows, and of a deployment that holds no
/// request what would.
std::string serve_answer_text(const ServeAnswer& answer);

}  // namespace millwright
