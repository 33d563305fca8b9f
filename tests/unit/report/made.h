// A study made by hand, so that what is told of it can be worked out by hand.
#pragma once

#include "millwright/base/units.h"
#include "millwright/study/study.h"

namespace millwright {

/// Forty days on 8 of 16 chips, ten dollars a million tokens.
JobReport made_training(const std::string& name, double days = 40);

/// Two requests a second and chip of 16, from eight in the morning to midnight; three would be in
/// time and four are possible.
JobReport made_serving(const std::string& name);

JobReport made_impossible(const std::string& name, const std::string& why);

Verdict made_verdict(VerdictTier tier, const std::string& code);

FactoryReport made_factory(const std::string& name, double score, const Verdict& verdict);

/// Two factories: `denied` is the faster, `free` the better ranked.
Study made_study();

}  // namespace millwright
