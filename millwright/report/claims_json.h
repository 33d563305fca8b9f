// An answer of `claims check` as JSON.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "millwright/api/claims.h"
#include "millwright/report/json_table.h"

namespace millwright {

nlohmann::ordered_json claims_json(const ClaimsAnswer& answer);

/// Its objects for the reference.
std::vector<JsonObject> claims_objects();

}  // namespace millwright
