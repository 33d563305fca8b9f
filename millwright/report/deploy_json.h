// Deployments that were searched, for programs.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/deploy.h"
#include "millwright/report/json_table.h"

namespace millwright {

/// `seconds`: that the search took.
nlohmann::ordered_json deploy_answer_json(const DeployAnswer& answer, double seconds);

/// For the reference: the answer and the objects within, those of `serve` aside.
std::vector<JsonObject> deploy_objects();

}  // namespace millwright
