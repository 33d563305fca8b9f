// An answer of `goodput` as JSON.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "millwright/api/goodput.h"
#include "millwright/report/json_table.h"

namespace millwright {

/// Of a figure over replications, which answers of `jobs` have too.
const JsonTable<SpreadFigures>& spread_table();

nlohmann::ordered_json goodput_json(const GoodputAnswer& answer);

/// Its objects for the reference.
std::vector<JsonObject> goodput_objects();

}  // namespace millwright
