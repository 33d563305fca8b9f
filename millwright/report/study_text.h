// A study as text for a terminal.
#pragma once

#include <string>

#include "millwright/study/study.h"

namespace millwright {

/// The comparison: for each kind of job a table with one line a factory and job, then each factory
/// in a paragraph.
std::string study_text(const Study& study);

}  // namespace millwright
