// A study's answer in a sentence.
#pragma once

#include <string>

#include "millwright/study/study.h"

namespace millwright {

/// The best-ranked factory and why: what its verdicts ask, what it does in which time for how much.
/// Where no factory does any job, why the best-ranked cannot.
std::string answer_text(const Study& study);

/// Those authorities of a verdict by which a study ranks.
std::vector<const Outcome*> ranking_outcomes(const Verdict& verdict);

}  // namespace millwright
