// JSON forms of studies and catalog parts (docs/reference/study-json.md, which is generated from
// the same tables); those of plans and of each kind of job stand in train_json.h and serve_json.h.
//
// Quantities are SI or carry their unit in the key; unknown is null; nothing is ever NaN.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/report/train_json.h"
#include "millwright/study/study.h"

namespace millwright {

/// Raised when a key of study.json is taken away or means something else.
inline constexpr int study_schema = 3;

/// The whole study. Factories stand as in the scenario, `ranking` has their names, best first; keys
/// stand in the order of the document.
nlohmann::ordered_json study_json(const Study& study);
/// A row a factory and job of that JSON, best factory first: its place, what is said of the factory
/// and of the job, ledgers and the search left out.
std::string study_csv(const Study& study);
/// A source of the catalog with its grade, without weight.
nlohmann::ordered_json source_json(const Source& source);

/// For the reference: every object of a study with its keys, in the order in which one meets them.
std::vector<JsonObject> study_objects();

}  // namespace millwright
