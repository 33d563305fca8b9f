// When the next failure comes and of what cause. Exponential causes are one process with the sum of
// their rates: what fails is drawn when it does, so that ten causes cost no more than one and no
// chip has a clock of its own. A cause with another law has a clock.
#pragma once

#include <vector>

#include "millwright/reliability/fleet_job.h"
#include "millwright/reliability/run_random.h"

namespace millwright {

/// One process: it strikes when its hazard, summed over time, reaches what was drawn for it
/// (`remaining`). Between changes of exposure the hazard is that of the law times the exposure.
class HazardClock {
public:
    HazardClock(const FailureCause& cause, EventRate rate);

    /// Time of the next strike; infinite where the rate or the exposure is zero.
    Seconds next() const { return next_; }
    /// Draws the time of the next one, which starts at `now`.
    void wind(Seconds now, Draw draw);
    /// From `now` on the hazard is so many times that of the law.
    void expose(Seconds now, double exposure);

private:
    void find_next();
    double hazard_until(Seconds time) const;

    HazardLaw law_;
    double shape_, mean_of_unit_ = 1;  // of a Weibull gap of scale one
    Seconds age_, settled_;
    EventRate rate_;
    double exposure_ = 1, remaining_ = 0;
    Seconds at_, next_;
};

/// All causes of a job. References to the job and the random numbers are kept.
class FailureClocks {
public:
    FailureClocks(const FleetJob& job, RunRandom& random);

    /// Time of the next failure; infinite where nothing fails.
    Seconds next() const { return next_; }
    /// Its cause, by its place in the job; the clock goes on from there.
    std::size_t take();
    /// Hazards are from `now` on `exposure` times those of the job at full size.
    void expose(Seconds now, double exposure);

private:
    std::size_t drawn_cause();
    void find_next();

    RunRandom& random_;
    std::vector<HazardClock> clocks_;  // that of all exponential causes first
    std::vector<std::size_t> own_;     // cause of each of the others
    std::vector<std::size_t> pooled_;  // exponential causes
    std::vector<double> up_to_;        // share of their rate up to and with each
    std::size_t first_ = 0;            // clock that strikes next
    Seconds next_;
    double exposure_ = 1;
};

}  // namespace millwright
