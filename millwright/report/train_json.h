// JSON forms of plans and of training jobs (docs/reference/study-json.md).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "millwright/report/json_table.h"
#include "millwright/study/train_job.h"

namespace millwright {

/// A plan by its coordinates, with the chips that it uses.
nlohmann::ordered_json plan_json(const Plan& plan);

/// Its coordinates under `plan`, and its figures.
nlohmann::ordered_json plan_figures_json(const Plan& plan, const PlanFigures& figures);

/// What the search counted, why plans lost, and `best`: each plan of the front with its figures,
/// which stand in the same order. A plan's coordinates are in `plan` and beside it too.
nlohmann::ordered_json search_json(const SearchResult& result,
                                   const std::vector<PlanFigures>& figures);

/// Adds the keys of a training job. Where it is infeasible those of the plan are null; what the
/// search counted is told all the same. `step_s`, `low` and `high` are seconds; `mfu` is a share.
void add_json(nlohmann::ordered_json& json, bool feasible, const TrainReport& report);

/// For the reference: plans, figures of a plan, training jobs, what a search counted, by flows.
std::vector<JsonObject> train_objects();

}  // namespace millwright
