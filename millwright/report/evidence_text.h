// Measurements against predictions, and figures fitted to them, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/calibrate.h"
#include "millwright/api/validate.h"

namespace millwright {

/// Errors by group; `with_rows` every row above them, of rules only those that differ otherwise.
std::string validation_text(const ValidateAnswer& answer, bool with_rows);
nlohmann::ordered_json validation_json(const ValidateAnswer& answer);

/// What was fitted, and how well.
std::string calibration_text(const CalibrateAnswer& answer);
nlohmann::ordered_json calibration_json(const CalibrateAnswer& answer);

}  // namespace millwright
