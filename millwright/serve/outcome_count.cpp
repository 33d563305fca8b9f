#include "millwright/serve/outcome_count.h"

#include <algorithm>

namespace millwright {
namespace {

/// Of a wait that grows: what chance makes of loads that are kept up with is less (a law).
constexpr double steady_growth = 0.05, far_grown = 10;

}  // namespace

void Trend::add(double x, double y) {
    ++n_;
    x_ += x;
    y_ += y;
    xx_ += x * x;
    xy_ += x * y;
    last_ = std::max(last_, x);
}

double Trend::slope() const {
    const double spread = n_ * xx_ - x_ * x_;
    return spread > 0 ? (n_ * xy_ - x_ * y_) / spread : 0;
}

void OutcomeCount::served(const ServedRequest& s) {
    count(s, load_, objectives_, outcome_);
    if (s.index >= load_.warm_up) waits_.add(s.arrival.si(), (s.scheduled - s.arrival).si());
}

void OutcomeCount::dropped(std::uint32_t tenant) {
    ++outcome_.dropped;
    if (tenant < load_.tenants) ++tenant_of(tenant, load_, outcome_).dropped;
}

void OutcomeCount::add(const ServeLane& lane, double lanes) {
    outcome_.lanes = lanes;
    outcome_.preemptions += lane.preemptions;
    outcome_.steps += lane.steps;
    outcome_.busy += lane.busy;
    outcome_.most_cache = std::max(outcome_.most_cache, lane.most_cache);
    outcome_.between_tokens.add(lane.between_tokens);
    if (outcome_.seconds <= Seconds{}) return;
    outcome_.mean_cache += lane.cache_seconds / outcome_.seconds.si() / lanes;
    outcome_.mean_running += lane.running_seconds / outcome_.seconds.si();
}

ServeOutcome OutcomeCount::take(std::uint64_t requests) {
    outcome_.requests = requests;
    outcome_.drift = waits_.slope();
    const Seconds apart = outcome_.first_token.mean() - outcome_.queue.mean();
    const double grown = outcome_.drift * waits_.last();
    outcome_.saturated =
        load_.concurrency == 0 && outcome_.drift > steady_growth && grown > far_grown * apart.si();
    return std::move(outcome_);
}

}  // namespace millwright
