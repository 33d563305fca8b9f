// A verdict of the export rules as text for a terminal.
#pragma once

#include <string>

#include "millwright/rules/verdict.h"

namespace millwright {

/// "  label      text", broken to the width of reports.
std::string labelled(std::string_view label, const std::string& text);

/// Each authority, supply and citations, a labelled line each.
std::string verdict_text(const Verdict& verdict);

}  // namespace millwright
