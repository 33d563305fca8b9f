// Progress: the work that counts, over time. A replication samples it at evenly spaced times of the
// horizon, in closed form within the stretches that it counts; many of them make a fan.
#pragma once

#include <cstddef>
#include <vector>

#include "millwright/base/quantity.h"
#include "millwright/reliability/fleet_job.h"

namespace millwright {

/// Samples of a horizon, the last at its end: as many as a chart shows.
inline constexpr std::size_t progress_samples = 60;

/// Quantiles are of so many replications, the first ones, and means are of all: so a million of
/// them take no more memory than these.
inline constexpr std::size_t most_fanned_runs = 4096;

/// When sample `i` is taken, from zero.
Seconds progress_time(Seconds horizon, std::size_t i);

/// A stretch of a replication with nothing but work, at one speed, and checkpoints in between.
struct WorkStretch {
    Seconds begin, work;  // when it began, and the work then
    Seconds left;         // time of work until its first checkpoint
    double speed = 0;     // zero: no work is done
};

/// Samples of one replication: by each sample time the work at full speed which was done until then
/// and is never lost. Work that a later failure takes back counts at no time, as in the waterfall,
/// so samples never fall, and the last one is the productive time.
class ProgressSampler {
public:
    explicit ProgressSampler(const FleetJob& job)
        : job_(job), next_(progress_time(job.horizon, 0)) {
        samples_.reserve(progress_samples);
    }

    /// A stretch ended, with so much work; stretches come in their order, without gaps.
    void pass(const WorkStretch& stretch, Seconds end, Seconds work) {
        if (end >= next_) take(stretch, end, work);
    }

    /// What was done beyond `work` is lost.
    void rewind(Seconds work);

    const std::vector<Seconds>& samples() const { return samples_; }

private:
    void take(const WorkStretch& stretch, Seconds end, Seconds work);
    Seconds work_at(const WorkStretch& stretch, Seconds time) const;

    const FleetJob& job_;
    Seconds next_;
    std::vector<Seconds> samples_;
};

/// Progress by one time over replications; quantiles interpolate (base/statistics.h).
struct ProgressPoint {
    Seconds at;
    Seconds mean, p5, p25, p50, p75, p95;
};

/// Of each sample time.
using ProgressFan = std::vector<ProgressPoint>;

/// Sums over replications in their order.
class ProgressSums {
public:
    explicit ProgressSums(Seconds horizon)
        : horizon_(horizon), sums_(progress_samples), values_(progress_samples) {}

    /// Samples of a replication, `progress_samples` of them.
    void add(const std::vector<Seconds>& samples);

    /// At least one replication was added.
    ProgressFan fan() const;

private:
    Seconds horizon_;
    std::size_t runs_ = 0;
    std::vector<Seconds> sums_;
    std::vector<std::vector<double>> values_;  // by sample time, seconds
};

}  // namespace millwright
