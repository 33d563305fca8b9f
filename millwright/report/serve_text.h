// Serving jobs in a study's text.
#pragma once

#include "millwright/report/job_text.h"

namespace millwright {

/// The row of `serve` in the table of kinds. What it prints is a bound by roofline, and says so.
JobPrinter serve_printer();

}  // namespace millwright
