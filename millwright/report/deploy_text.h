// Deployments that were searched, for people.
#pragma once

#include <cstddef>
#include <string>

#include "millwright/api/deploy.h"

namespace millwright {

/// The cheapest deployment in a sentence, the first `top` as a table, why others lost, and what
/// stood in.
std::string deploy_answer_text(const DeployAnswer& answer, double seconds);

}  // namespace millwright
