// JSON form of serving jobs (docs/reference/study-json.md).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "millwright/report/json_table.h"
#include "millwright/study/serve_job.h"

namespace millwright {

/// Adds the keys of a serving job. Where it is infeasible all but what was asked are null.
void add_json(nlohmann::ordered_json& json, bool feasible, const ServeReport& report);

/// For the reference: serving jobs and the objects within.
std::vector<JsonObject> serve_objects();

}  // namespace millwright
