// How long a plan trains on so many tokens, and what a million of them cost.
#pragma once

#include "millwright/factory/factory.h"
#include "millwright/parts/plan.h"

namespace millwright {

/// Steps that train so many tokens in sequences of `sequence` tokens: whole ones, of which the last
/// may not be full.
double training_steps(Tokens tokens, double sequence, const Plan& plan);

/// Days of whole steps, of which the useful share of time makes progress.
/// `sequence` is tokens of a sequence; a last step that is not full takes as long as any.
double training_days(Tokens tokens, double sequence, const Plan& plan, Seconds step,
                     double useful_share);

/// What a deadline leaves for a sequence of steps of so many, so that days by `training_days` are
/// within it; zero without one.
Seconds slowest_sequence(Tokens tokens, double sequence, std::int64_t global_batch,
                         Seconds deadline, double useful_share);

/// Zero where the factory's year costs nothing, as where it was not priced.
struct PlanPrice {
    Dollars per_million_tokens;          // by the share of chips that the plan uses
    Dollars per_million_tokens_of_site;  // the same with idle chips paid too
};

/// On so many chips that cost `yearly` a year.
/// `chips` are those of the site, so that `per_million_tokens` is of a part of its cost.
PlanPrice plan_price(double chips, Dollars yearly, double sequence, const Plan& plan, Seconds step,
                     double useful_share);

}  // namespace millwright
