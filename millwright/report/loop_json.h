// An answer of `data-loop` as JSON.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "millwright/api/data_loop.h"
#include "millwright/report/json_table.h"

namespace millwright {

nlohmann::ordered_json data_loop_json(const DataLoopAnswer& answer);

/// Its objects for the reference.
std::vector<JsonObject> data_loop_objects();

}  // namespace millwright
