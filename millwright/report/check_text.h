// A checked file, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/check.h"

namespace millwright {

/// What a sound file is, and of a model what cannot be timed.
std::string check_text(const std::string& path, const CheckAnswer& answer);

/// The same, or every fault.
nlohmann::ordered_json check_json(const std::string& path, const Result<CheckAnswer>& answer);

}  // namespace millwright
