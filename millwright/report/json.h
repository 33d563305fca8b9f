// JSON forms of studies, plans and catalog parts, as docs/reference/json.md defines them.
//
// Quantities are SI or carry their unit in the key; unknown is null; nothing is ever NaN.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "millwright/catalog/bands.h"
#include "millwright/study/study.h"

namespace millwright {

/// A finite number, or null.
nlohmann::ordered_json number_json(double value);

nlohmann::ordered_json study_json(const Study& study);
nlohmann::ordered_json plan_json(const Plan& plan);
/// Each plan of `best` with its ledgers; `band` is the factor on its step, low and high.
nlohmann::ordered_json search_json(const SearchResult& result, const TrainContext& context,
                                   const Interval& band);
nlohmann::ordered_json source_json(const Source& source);

}  // namespace millwright
