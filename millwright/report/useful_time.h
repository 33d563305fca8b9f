// How much of the time training works, in words and as JSON.
#pragma once

#include <string>

#include "millwright/report/json_table.h"
#include "millwright/study/useful_time.h"

namespace millwright {

/// "what failures as of fleet llama-3 leave, restarts of 10 min"; "as given".
std::string useful_words(const UsefulTime& time);

/// The share with what it is made of, in a line.
std::string useful_line(const UsefulTime& time);

/// Keys of a job's or a plan's `useful_time`; all but the share are null where it was given.
nlohmann::ordered_json useful_json(const UsefulTime& time);

/// For the reference.
JsonObject useful_object();

}  // namespace millwright
