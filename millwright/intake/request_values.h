// Values of JSON as fields of a trace's records.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "millwright/intake/request_readers.h"

namespace millwright {

/// Takes all fields of one request. `at` gives the value of a column; a null pointer is none.
/// Faults have the record's line and the column of each field, and its label in front.
void take_values(const TraceFormat& format, const std::string& file, TraceRecord& record,
                 const std::function<const nlohmann::json*(const TraceColumn&)>& at,
                 Faults& faults);

}  // namespace millwright
