// A study as text for a terminal.
#pragma once

#include <string>

#include "millwright/study/study.h"

namespace millwright {

/// The comparison: one line a factory and job, then each factory in a paragraph.
std::string study_text(const Study& study);

/// A ledger as an indented list with shares of the root.
template <class Q>
std::string ledger_text(const Ledger<Q>& ledger);

}  // namespace millwright
