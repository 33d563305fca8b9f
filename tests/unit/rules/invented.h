// Authorities and rules that no catalog has, for tests of the engine.
#pragma once

#include <gtest/gtest.h>

#include "millwright/rules/metrics.h"
#include "millwright/rules/verdict.h"

namespace millwright {

using Codes = std::vector<std::string>;

Written<Codes> list(Codes codes);
Written<std::string> code(const char* text);

/// FREE, an exception, a licence, a letter and a denial, over exports from home, which is HM.
Authority exports();

/// What is asked of use: nothing, a permit, a ban.
Authority uses();

Rule rule(const char* id, std::vector<Requirement> asks, Date day = on(2024, 1, 1));

Requirement ask(const char* verdict);

Requirement after(const char* verdict, Codes answers);

Condition at_least(Metric metric, double limit);

RuleLine line(const char* cls, double tpp);

Rulebook book_of(const std::vector<Rule>& rules);

RuleQuery query(const char* to = "CC", double tpp = 100);

std::string answer(const std::vector<Rule>& rules, const RuleQuery& q = query(),
                   const char* of = "ex");

}  // namespace millwright
