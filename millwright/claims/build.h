// From a file of claims to its network.
#pragma once

#include "millwright/catalog/catalog.h"
#include "millwright/claims/network.h"
#include "millwright/intake/claims_text.h"

namespace millwright {

/// Statements, and defines and constraints together, that a file may have.
inline constexpr std::size_t most_claim_statements = 2000;

/// Faults, all at once: those of reading, names that are unknown, taken twice or no names, values
/// and expressions that cannot be read, unlike units, definitions that go round, what nothing uses.
Result<ClaimNetwork> claim_network(const ClaimsText& text, const Catalog& catalog);

}  // namespace millwright
