// A study as text for a terminal.
#pragma once

#include <string>

#include "millwright/study/study.h"

namespace millwright {

/// The comparison: the answer in a sentence; for each kind of job a table with one line a factory
/// and job; what its chips do and with which plans; then each factory in a paragraph, best first;
/// last what was assumed and what the inputs are known by. Its factories have the same jobs and
/// were judged by the same authorities, so heads are taken from the first.
std::string study_text(const Study& study);

}  // namespace millwright
