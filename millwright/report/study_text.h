// A study as text for a terminal.
#pragma once

#include <string>

#include "millwright/study/study.h"

namespace millwright {

/// The answer, the tables that compare factories, and what their marks mean: what fits a screen.
std::string study_summary_text(const Study& study);

/// The same in Markdown, with its tables.
std::string study_markdown(const Study& study);

/// One factory, which is an index into those of the study: verdicts, what it is made of, its jobs
/// with their plans, and what these rest on.
std::string study_factory_text(const Study& study, std::size_t factory);

/// All of it: the answer in a sentence; for each kind of job a table with one line a factory
/// and job; what its chips do and with which plans; then each factory in a paragraph, best first;
/// last what was assumed and what the inputs are known by. Its factories have the same jobs and
/// were judged by the same authorities, so heads are taken from the first.
std::string study_text(const Study& study);

}  // namespace millwright
