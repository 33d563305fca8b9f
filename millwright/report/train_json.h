// JSON forms of plans and of training jobs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "millwright/study/train_job.h"

namespace millwright {

nlohmann::ordered_json plan_json(const Plan& plan);

/// Each plan of `best` with its figures, one for each plan of the front.
nlohmann::ordered_json search_json(const SearchResult& result,
                                   const std::vector<PlanFigures>& figures);

/// Adds the keys of a training job; those that others rely on as null where it is infeasible.
void add_json(nlohmann::ordered_json& json, bool feasible, const TrainReport& report);

}  // namespace millwright
