// Serving jobs in a study's text.
#pragma once

#include "millwright/report/job_text.h"

namespace millwright {

JobPrinter serve_printer();

}  // namespace millwright
