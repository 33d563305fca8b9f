// A verdict of the export rules as text for a terminal.
#pragma once

#include <string>

#include "millwright/rules/verdict.h"

namespace millwright {

/// "  label      text", broken to the width of reports, with a line break at the end. Later lines
/// stand below the text; a label of more than ten letters pushes its text to the right.
std::string labelled(std::string_view label, const std::string& text);

/// Each authority with what its licence asks, then supply and citations, a labelled line each, and
/// a line for each point that the verdict does not judge.
std::string verdict_text(const Verdict& verdict);

}  // namespace millwright
