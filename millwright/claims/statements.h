// Claims, facts and unknowns of a file, each with all its readings.
#pragma once

#include <string>
#include <vector>

#include "millwright/claims/network.h"
#include "millwright/intake/claims_text.h"

namespace millwright {

/// In the file's order: facts, claims, unknowns. Words are numbered into `words`. What is wrong is
/// told in `faults`; a value that cannot be read counts as not given.
std::vector<ClaimStatement> claim_statements(const ClaimsText& text,
                                             std::vector<std::string>& words, Faults& faults);

/// The number of a word; a new one is put at the end.
double number_of_word(std::vector<std::string>& words, const std::string& word);

}  // namespace millwright
