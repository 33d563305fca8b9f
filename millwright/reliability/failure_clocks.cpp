#include "millwright/reliability/failure_clocks.h"

#include <algorithm>
#include <limits>

#include "millwright/reliability/exponentials.h"

namespace millwright {
namespace {

constexpr Seconds never = Seconds::from_si(std::numeric_limits<double>::infinity());

FailureCause pooled_cause() { return {.name = "exponential causes"}; }

}  // namespace

HazardClock::HazardClock(const FailureCause& cause, EventRate rate)
    : law_(cause.law), shape_(cause.shape), age_(cause.age), settled_(cause.settled), rate_(rate) {
    if (law_ == HazardLaw::weibull) mean_of_unit_ = gamma_of(1 + 1 / shape_);
}

/// Of a Weibull law the gap itself is drawn, in units of its mean: exposure then stretches it.
void HazardClock::wind(Seconds now, Draw draw) {
    at_ = now;
    remaining_ = draw.exponential(1);
    if (law_ == HazardLaw::weibull) remaining_ = power_of(remaining_, 1 / shape_) / mean_of_unit_;
    find_next();
}

/// From `at_` to `time` at an exposure of one. Ageing: the integral of rate ((age + t) /
/// settled)^(shape - 1).
double HazardClock::hazard_until(Seconds time) const {
    if (law_ != HazardLaw::ageing) return rate_ * (time - at_);
    const double from = power_of((age_ + at_) / settled_, shape_);
    const double to = power_of((age_ + time) / settled_, shape_);
    return rate_ * settled_ / shape_ * (to - from);
}

void HazardClock::find_next() {
    const double wanted = remaining_ / exposure_;
    if (!(rate_ > EventRate{}) || !(exposure_ > 0)) {
        next_ = never;
    } else if (law_ != HazardLaw::ageing) {
        next_ = at_ + Seconds::from_si(wanted / rate_.si());
    } else {
        const double from = power_of((age_ + at_) / settled_, shape_);
        const double to = power_of(from + wanted * shape_ / (rate_ * settled_), 1 / shape_);
        next_ = max(at_, to * settled_ - age_);
    }
}

void HazardClock::expose(Seconds now, double exposure) {
    if (rate_ > EventRate{}) remaining_ -= exposure_ * hazard_until(now);
    remaining_ = std::max(remaining_, 0.0);
    at_ = now;
    exposure_ = exposure;
    find_next();
}

FailureClocks::FailureClocks(const FleetJob& job, RunRandom& random) : random_(random) {
    EventRate pooled;
    for (std::size_t i = 0; i < job.causes.size(); ++i) {
        const FailureCause& cause = job.causes[i];
        if (cause.law != HazardLaw::exponential) {
            own_.push_back(i);
        } else if (cause.rate > EventRate{}) {
            pooled += cause.rate;
            pooled_.push_back(i);
            up_to_.push_back(pooled.si());
        }
    }
    for (double& share : up_to_) share /= pooled.si();
    clocks_.emplace_back(pooled_cause(), pooled);
    clocks_.front().wind({}, random_.next(RunPurpose::gap));
    for (const std::size_t i : own_) {
        clocks_.emplace_back(job.causes[i], job.causes[i].rate);
        clocks_.back().wind({}, random_.next(RunPurpose::own_gap));
    }
    find_next();
}

void FailureClocks::find_next() {
    first_ = 0;
    for (std::size_t i = 1; i < clocks_.size(); ++i) {
        if (clocks_[i].next() < clocks_[first_].next()) first_ = i;
    }
    next_ = clocks_[first_].next();
}

std::size_t FailureClocks::drawn_cause() {
    if (pooled_.size() == 1) return pooled_.front();
    const double at = random_.next(RunPurpose::cause).uniform();
    const auto found = std::upper_bound(up_to_.begin(), up_to_.end() - 1, at);
    return pooled_[static_cast<std::size_t>(found - up_to_.begin())];
}

std::size_t FailureClocks::take() {
    const RunPurpose purpose = first_ == 0 ? RunPurpose::gap : RunPurpose::own_gap;
    const std::size_t cause = first_ == 0 ? drawn_cause() : own_[first_ - 1];
    clocks_[first_].wind(next_, random_.next(purpose));
    find_next();
    return cause;
}

void FailureClocks::expose(Seconds now, double exposure) {
    if (exposure == exposure_) return;
    exposure_ = exposure;
    for (HazardClock& clock : clocks_) clock.expose(now, exposure);
    find_next();
}

}  // namespace millwright
