// Jobs that tests of reliability share.
#pragma once

#include "millwright/reliability/fleet_job.h"
#include "millwright/reliability/simulate.h"

namespace millwright {

/// A job of so many servers with one exponential cause, the best period and no pool.
inline FleetJob exponential_job(Seconds mtbf, Seconds checkpoint, Seconds restart,
                                Seconds horizon = 30 * unit::day) {
    FleetJob job{.servers = 1000, .horizon = horizon};
    if (mtbf > Seconds{}) {
        job.causes = {{.name = "failures", .rate = EventRate::from_si(1 / mtbf.si())}};
    }
    job.path.reschedule = constantly(restart);
    job.path.stall = constantly(restart / 5);
    job.checkpoints.levels = {{.name = "remote", .blocking = checkpoint}};
    job.checkpoints.period = closed_best_period(job);
    return job;
}

/// A job with all kinds of failures, a pool, levels, planned stops and lemons.
inline FleetJob rich_job() {
    FleetJob job = exponential_job(3 * unit::hour, 10 * unit::s, 10 * unit::minute);
    const auto rate = [](Seconds gap) { return EventRate::from_si(1 / gap.si()); };
    job.causes = {
        {.name = "chip", .rate = rate(4 * unit::hour)},
        {.name = "hang", .rate = rate(1 * unit::day), .kind = FailureKind::hang, .servers = 0},
        {.name = "slow",
         .rate = rate(1 * unit::day),
         .kind = FailureKind::slow,
         .slowdown = 3,
         .lasts = {TimeLawKind::lognormal, 20 * unit::minute, 1}},
        {.name = "silent",
         .rate = rate(4 * unit::day),
         .kind = FailureKind::silent,
         .lasts = constantly(3 * unit::hour)},
        {.name = "row", .rate = rate(9 * unit::day), .servers = 20},
        {.name = "bursts", .rate = rate(2 * unit::day), .law = HazardLaw::weibull, .shape = 0.5},
        {.name = "burn-in",
         .rate = rate(3 * unit::day),
         .law = HazardLaw::ageing,
         .shape = 0.6,
         .settled = 30 * unit::day}};
    job.lemons = {.share = 0.1, .factor = 5, .retired_after = 3};
    job.path.detect = constantly(1 * unit::minute);
    job.path.hang = constantly(30 * unit::minute);
    job.path.warm_up = constantly(1 * unit::minute);
    job.path.misdiagnosed = 0.1;
    job.checkpoints.levels = {{.name = "peers", .blocking = 1 * unit::s, .survives = 1},
                              {.name = "remote",
                               .every = 4,
                               .blocking = 10 * unit::s,
                               .writing = 40 * unit::s,
                               .load = constantly(2 * unit::minute)}};
    job.checkpoints.period = 10 * unit::minute;
    job.pool = SparePool{.standbys = 4,
                         .spares = 30,
                         .wait = constantly(20 * unit::minute),
                         .restock = constantly(2 * unit::day)};
    job.repair = {.automatic = constantly(2 * unit::hour),
                  .goes_on = 0.8,
                  .manual = {TimeLawKind::lognormal, 2 * unit::day, 1},
                  .fails_automatic = 0.4,
                  .fails_manual = 0.2};
    job.planned = {1 * unit::day, constantly(20 * unit::minute)};
    job.start = constantly(10 * unit::minute);
    job.derating = 0.01;
    job.data_stall = 0.005;
    return job;
}

inline double share_by_simulation(const FleetJob& job, std::int64_t replications = 64) {
    return simulate_job(job, {.replications = replications}).useful_share.mean;
}

}  // namespace millwright
