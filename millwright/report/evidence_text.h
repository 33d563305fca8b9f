// Measurements against predictions, and figures fitted to them, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/calibrate.h"
#include "millwright/api/validate.h"

namespace millwright {

/// Errors by group in percent, of a sweep how well its layouts are ranked, and the most frequent
/// reasons for which rows were skipped. `with_rows` puts every row above them; without it the cases
/// of rules that differ stand there, which are those to look at.
std::string validation_text(const ValidateAnswer& answer, bool with_rows);
/// All rows whether or not they could be predicted, groups and summary; errors are shares, not
/// percent. Rows of rules have the keys of measured ones too, as null where they have no number, so
/// that one reader takes both.
nlohmann::ordered_json validation_json(const ValidateAnswer& answer);

/// What was fitted to how many rows, and how far off the fitted figures are, in percent.
std::string calibration_text(const CalibrateAnswer& answer);
/// The same with errors as shares. Read `identified` of a factor first: of one that is not, value
/// and ends are what the fit started from.
nlohmann::ordered_json calibration_json(const CalibrateAnswer& answer);

}  // namespace millwright
