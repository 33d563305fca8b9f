// An answer of `sweep` as JSON.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "millwright/api/sweep.h"
#include "millwright/report/json_table.h"

namespace millwright {

nlohmann::ordered_json sweep_json(const SweepAnswer& answer);

/// Its objects for the reference.
std::vector<JsonObject> sweep_objects();

}  // namespace millwright
