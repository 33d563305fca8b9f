// A simulated deployment for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/serve.h"
#include "millwright/report/json_table.h"

namespace millwright {

/// All keys of a deployment; where it holds no request those of the run are null.
nlohmann::ordered_json serve_answer_json(const ServeAnswer& answer);

/// Mean and percentiles in milliseconds; null where nothing was measured.
nlohmann::ordered_json latency_json(const LatencyCounts& times);
nlohmann::ordered_json pool_json(const ServePool& pool);

/// The requests that were answered, a line each, in the order in which they came (CSV).
std::string served_csv(const ServeAnswer& answer);

/// For the reference: the answer and the objects within.
std::vector<JsonObject> serve_answer_objects();

}  // namespace millwright
