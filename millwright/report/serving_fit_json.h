// Figures of serving engines fitted to measured runs, for programs.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "millwright/evidence/fit_serving.h"
#include "millwright/report/json_table.h"

namespace millwright {

/// All that was fitted, with every row.
nlohmann::ordered_json serving_fit_json(const ServingCalibration& fit);

/// For the reference: the answer and the objects within.
std::vector<JsonObject> serving_fit_objects();

}  // namespace millwright
