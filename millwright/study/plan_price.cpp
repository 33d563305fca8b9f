#include "millwright/study/plan_price.h"

#include <cmath>

#include "millwright/base/units.h"

namespace millwright {
namespace {

double tokens_of(const Plan& plan, double sequence) {
    return static_cast<double>(plan.global_batch) * sequence;
}

}  // namespace

double training_days(Tokens tokens, double sequence, const Plan& plan, Seconds step,
                     double useful_share) {
    const double steps = std::ceil(tokens.in(unit::token) / tokens_of(plan, sequence));
    return steps * step.in(unit::day) / useful_share;
}

PlanPrice plan_price(double chips, Dollars yearly, double sequence, const Plan& plan, Seconds step,
                     double useful_share) {
    const TokenRate rate = tokens_of(plan, sequence) * unit::token / step * useful_share;
    const double share = static_cast<double>(chips_used(plan)) / chips;
    return {per_million_tokens(yearly, share, rate), per_million_tokens(yearly, 1, rate)};
}

}  // namespace millwright
