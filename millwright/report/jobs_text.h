// An answer of `jobs` in words and tables.
#pragma once

#include <string>

#include "millwright/api/jobs.h"

namespace millwright {

/// The answer in a sentence, then waits by size and priority, and where the time of chips goes.
std::string jobs_text(const JobsAnswer& answer);

}  // namespace millwright
