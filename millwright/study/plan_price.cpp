#include "millwright/study/plan_price.h"

#include <cmath>

#include "millwright/base/units.h"

namespace millwright {
namespace {

double tokens_of(const Plan& plan, double sequence) {
    return static_cast<double>(plan.global_batch) * sequence;
}

/// Whole ones: the last may not be full.
double steps_of(Tokens tokens, double tokens_of_step) {
    return std::ceil(tokens.in(unit::token) / tokens_of_step);
}

}  // namespace

double training_steps(Tokens tokens, double sequence, const Plan& plan) {
    return steps_of(tokens, tokens_of(plan, sequence));
}

double training_days(Tokens tokens, double sequence, const Plan& plan, Seconds step,
                     double useful_share) {
    return training_steps(tokens, sequence, plan) * step.in(unit::day) / useful_share;
}

Seconds slowest_sequence(Tokens tokens, double sequence, std::int64_t global_batch,
                         Seconds deadline, double useful_share) {
    if (deadline == Seconds{}) return {};
    const auto batch = static_cast<double>(global_batch);
    const double sequences = steps_of(tokens, batch * sequence) * batch;
    return useful_share / sequences * deadline;
}

PlanPrice plan_price(double chips, Dollars yearly, double sequence, const Plan& plan, Seconds step,
                     double useful_share) {
    const TokenRate rate = tokens_of(plan, sequence) * unit::token / step * useful_share;
    const double share = static_cast<double>(chips_used(plan)) / chips;
    return {per_million_tokens(yearly, share, rate), per_million_tokens(yearly, 1, rate)};
}

}  // namespace millwright
