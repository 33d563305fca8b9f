// Serving jobs in a study's text.
#pragma once

#include "millwright/report/job_text.h"

namespace millwright {

/// The row of `serve` in the table of kinds. Beside what is simulated it prints a bound.
JobPrinter serve_printer();

}  // namespace millwright
