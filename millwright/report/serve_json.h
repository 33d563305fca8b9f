// JSON form of serving jobs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "millwright/study/serve_job.h"

namespace millwright {

/// Adds the keys of a serving job; its results as null where it is infeasible.
void add_json(nlohmann::ordered_json& json, bool feasible, const ServeReport& report);

}  // namespace millwright
