// Ledgers in words: a line of shares, or an indented list.
#pragma once

#include <string>

#include "millwright/base/ledger.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// A share in percent with one decimal; what is there is never printed as nothing: below half of
/// the last digit it is "<0.1 %".
std::string share_text(double share);

/// "compute 42.1 %, bubble 5.4 %": the first parts and their shares of the whole. Empty for a
/// ledger without parts.
template <class Q>
std::string parts_text(const Ledger<Q>& ledger);

/// A ledger as an indented list with shares of the root.
template <class Q>
std::string ledger_text(const Ledger<Q>& ledger);

}  // namespace millwright
