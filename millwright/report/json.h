// JSON forms of studies and catalog parts, as docs/reference/json.md defines them; those of plans
// and of each kind of job stand in train_json.h and serve_json.h.
//
// Quantities are SI or carry their unit in the key; unknown is null; nothing is ever NaN.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "millwright/report/train_json.h"
#include "millwright/study/study.h"

namespace millwright {

/// A finite number, or null.
nlohmann::ordered_json number_json(double value);

/// Raised when a key of study.json is taken away or means something else.
inline constexpr int study_schema = 1;

nlohmann::ordered_json study_json(const Study& study);
nlohmann::ordered_json source_json(const Source& source);

}  // namespace millwright
