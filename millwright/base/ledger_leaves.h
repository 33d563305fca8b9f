// Leaves of a ledger by their paths, by which two ledgers are held against each other.
#pragma once

#include <map>
#include <string>

#include "millwright/base/ledger.h"

namespace millwright {

/// Adds each leaf to `out` under "PATH: PART: PART"; `path` is that of the ledger itself, empty for
/// one whose parts need no name before theirs. Leaves of one path count as one.
template <class Q>
void add_leaves(const Ledger<Q>& ledger, const std::string& path, std::map<std::string, Q>& out) {
    for (const Ledger<Q>& part : ledger.parts) {
        const std::string here = path.empty() ? part.name : path + ": " + part.name;
        if (part.parts.empty()) out[here] += part.value;
        add_leaves(part, here, out);
    }
}

}  // namespace millwright
