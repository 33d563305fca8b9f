// JSON form of serving jobs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "millwright/study/serve_job.h"

namespace millwright {

/// Adds the keys of a serving job: what was asked always, its results as null where it is
/// infeasible. Ledgers and replicas are left out there: no key of them has a value. Times are in
/// milliseconds where the key says so, rates are of the whole site unless they are a chip's.
void add_json(nlohmann::ordered_json& json, bool feasible, const ServeReport& report);

}  // namespace millwright
