// Ledgers in words: a line of shares, or an indented list.
#pragma once

#include <string>

#include "millwright/base/ledger.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// A share in percent; what is there is never printed as nothing.
std::string share_text(double share);

/// "compute 42.1 %, bubble 5.4 %": the first parts and their shares of the whole.
template <class Q>
std::string parts_text(const Ledger<Q>& ledger);

/// A ledger as an indented list with shares of the root.
template <class Q>
std::string ledger_text(const Ledger<Q>& ledger);

}  // namespace millwright
