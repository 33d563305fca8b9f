// Figures of serving engines fitted to measured runs, for people.
#pragma once

#include <string>

#include "millwright/evidence/fit_serving.h"

namespace millwright {

/// The errors before and after in a sentence, figures of each release before and after, bands, and
/// rows that count for nothing or could not be used.
std::string serving_fit_text(const ServingCalibration& fit);

}  // namespace millwright
