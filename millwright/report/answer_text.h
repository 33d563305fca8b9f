// A study's answer in a sentence.
#pragma once

#include <string>

#include "millwright/study/study.h"

namespace millwright {

/// The best-ranked factory: how it stands with the rules, of each job what it does in which time
/// for how much, or that it cannot, what it costs and draws; how sure its days are, and what would
/// change the answer. Then the best of each other standing, beside it: without a licence, by one,
/// denied, undecided. Where no factory does any job, why the first job of the best-ranked cannot.
/// The study has a factory and a job at least, as those of `run` have. No line break at the end: it
/// is a key of study.json too.
std::string answer_text(const Study& study);

/// Those authorities of a verdict by which a study ranks, in its order; there may be none. The
/// pointers are into `verdict`, which must live as long.
std::vector<const Outcome*> ranking_outcomes(const Verdict& verdict);

}  // namespace millwright
