// Training jobs in a study's text.
#pragma once

#include "millwright/report/job_text.h"

namespace millwright {

/// The row of `train` in the table of kinds: days and dollars, the chips' rates, plans and bands.
JobPrinter train_printer();

}  // namespace millwright
