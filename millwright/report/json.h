// JSON forms of studies and catalog parts, as docs/reference/json.md defines them; those of plans
// and of each kind of job stand in train_json.h and serve_json.h.
//
// Quantities are SI or carry their unit in the key; unknown is null; nothing is ever NaN.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "millwright/report/train_json.h"
#include "millwright/study/study.h"

namespace millwright {

/// A figure that an answer has. One that is not finite is a bug: json_text() refuses it and names
/// its place, where null would read as "unknown".
nlohmann::ordered_json number_json(double value);
/// A figure that may be unknown, such as the end of an open interval: null where it is not finite.
nlohmann::ordered_json known_json(double value);

/// Raised when a key of study.json is taken away or means something else.
inline constexpr int study_schema = 1;

/// The whole study. Factories stand as in the scenario, `ranking` has their names, best first; keys
/// stand in the order of the document.
nlohmann::ordered_json study_json(const Study& study);
/// A source of the catalog with its grade, without weight.
nlohmann::ordered_json source_json(const Source& source);

}  // namespace millwright
