// An answer of `jobs` as JSON.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "millwright/api/jobs.h"
#include "millwright/report/json_table.h"

namespace millwright {

nlohmann::ordered_json jobs_json(const JobsAnswer& answer);

/// Its objects for the reference; that of figures over replications is among those of `goodput`.
std::vector<JsonObject> jobs_objects();

}  // namespace millwright
