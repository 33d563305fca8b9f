// Chinese measures on accelerators, as far as press and notices tell; none has a full public text.
#pragma once

#include "rules/verdict.h"

namespace millwright {

/// Sets `cn`, `cn_reason` and their citations of the verdict.
void judge_china(const RuleQuery& query, Verdict& verdict);

/// Whether the chip can be bought at all on that date, in one sentence.
std::string practical_supply(const RuleQuery& query);

}  // namespace millwright
