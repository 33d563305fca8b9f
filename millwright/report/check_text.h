// A checked file, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/check.h"

namespace millwright {

/// What a sound file is, in one line behind `path`; of a model a line more for what mixes tokens in
/// its layers where these are unlike, and for each thing that its reader took for granted.
std::string check_text(const std::string& path, const CheckAnswer& answer);

/// The same, or every fault with its place (line 0: the file as a whole) and a hint. `ok` tells
/// which; `what` is empty where there are faults. Keys of models, such as `parameters` (a count,
/// not in billions), are there for models alone.
nlohmann::ordered_json check_json(const std::string& path, const Result<CheckAnswer>& answer);

}  // namespace millwright
