// Curves of a deployment and what it held over time, for programs.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/serve.h"
#include "millwright/report/json_table.h"

namespace millwright {

/// Null where no curves were asked for.
nlohmann::ordered_json curves_json(const ServeAnswer& answer);

/// Running, waiting and the cache over the run; null where nobody asked.
nlohmann::ordered_json timeline_json(const ServeAnswer& answer);

/// For the reference: the objects that these are made of.
std::vector<JsonObject> curve_objects();

}  // namespace millwright
