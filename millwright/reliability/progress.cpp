#include "millwright/reliability/progress.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "millwright/base/require.h"
#include "millwright/base/statistics.h"

namespace millwright {

/// The last is the horizon to the bit.
Seconds progress_time(Seconds horizon, std::size_t i) {
    return static_cast<double>(i + 1) / static_cast<double>(progress_samples) * horizon;
}

/// Whole periods, each with its checkpoint, then a part of one. Where periods are walked one by one
/// a stretch ends with the first.
Seconds ProgressSampler::work_at(const WorkStretch& stretch, Seconds time) const {
    const Seconds spent = time - stretch.begin;
    if (spent <= stretch.left) return stretch.work + stretch.speed * spent;
    const Seconds period = job_.checkpoints.period;
    const Seconds blocking = job_.checkpoints.levels.front().blocking;
    const Seconds after = max(Seconds{}, spent - stretch.left - blocking);
    const double whole = std::floor(after / (period + blocking));
    const Seconds part = max(Seconds{}, after - whole * (period + blocking));
    const Seconds worked = stretch.left + whole * period + min(part, period);
    return stretch.work + stretch.speed * worked;
}

/// Rounding moves no sample past the end of its stretch or below the one before.
void ProgressSampler::take(const WorkStretch& stretch, Seconds end, Seconds work) {
    while (next_ <= end) {
        Seconds sample = next_ < end ? min(work_at(stretch, next_), work) : work;
        if (!samples_.empty()) sample = max(sample, samples_.back());
        samples_.push_back(sample);
        next_ = samples_.size() < progress_samples
                    ? progress_time(job_.horizon, samples_.size())
                    : Seconds::from_si(std::numeric_limits<double>::infinity());
    }
}

void ProgressSampler::rewind(Seconds work) {
    for (auto last = samples_.rbegin(); last != samples_.rend() && *last > work; ++last) {
        *last = work;
    }
}

void ProgressSums::add(const std::vector<Seconds>& samples) {
    require(samples.size() == progress_samples, "a replication has all its samples");
    for (std::size_t i = 0; i < progress_samples; ++i) {
        sums_[i] += samples[i];
        if (runs_ < most_fanned_runs) values_[i].push_back(samples[i].si());
    }
    ++runs_;
}

ProgressFan ProgressSums::fan() const {
    require(runs_ > 0, "there is a replication");
    ProgressFan fan;
    for (std::size_t i = 0; i < progress_samples; ++i) {
        std::vector<double> values = values_[i];
        std::sort(values.begin(), values.end());
        const auto at = [&](double share) { return Seconds::from_si(quantile(values, share)); };
        fan.push_back({.at = progress_time(horizon_, i),
                       .mean = sums_[i] / static_cast<double>(runs_),
                       .p5 = at(0.05),
                       .p25 = at(0.25),
                       .p50 = at(0.5),
                       .p75 = at(0.75),
                       .p95 = at(0.95)});
    }
    return fan;
}

}  // namespace millwright
