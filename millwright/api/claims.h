// Which claims of a text fit together and with the record?
#pragma once

#include <string>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/claims/judge.h"
#include "millwright/intake/claims_text.h"

namespace millwright {

/// A file as it was read, with its faults.
struct ClaimsQuestion {
    ClaimsText text;
};

struct ClaimsAnswer {
    std::string name;  // of the text; empty where the file gives none
    JudgedClaims judged;
};

/// Scenarios of [[reckoned]] are run first. Faults: those of `reckoned_facts`, and of
/// `claim_network`. Contradictions are no faults: they are the answer.
Result<ClaimsAnswer> check_claims(const ClaimsQuestion& question, const Setting& setting);

}  // namespace millwright
