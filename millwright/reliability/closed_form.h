// The share of time that a job works, by formula: failures that come as likely at any time, times
// that do not hang on how long the job has run.
//
// The renewal argument (J. T. Daly, "A higher order estimate of the optimum checkpoint interval for
// restart dumps", FGCS 22, 2006): a job goes on from a checkpoint by work of one period and the
// checkpoint after it, and starts anew from there, recovery first, whenever a failure strikes.
// docs/model.md derives each form. No argument is too large or too small: where a share
// underflows it is zero.
#pragma once

#include <optional>

#include "millwright/base/quantity.h"

namespace millwright {

/// A job under failures with mean gap `mtbf`, infinite where nothing fails.
struct CheckpointedJob {
    Seconds mtbf;
    Seconds checkpoint;  // that the job waits for, after each period of work
    Seconds period;      // of work; more than zero
    /// Chance that no failure strikes a recovery (`chance_without_failure`): e^(-R/M) of a
    /// constant R.
    double recovers = 1;
};

/// Useful share of a job that goes back to its last checkpoint at each failure: period x recovers /
/// (M (e^((period + checkpoint) / M) - 1)). From 0 to 1.
double rewinding_share(const CheckpointedJob& job);

/// Replicas of which a failure drops one: the others stall, lose no work and go on without it.
struct ReplicatedJob {
    Seconds mtbf;  // of the whole job
    Seconds checkpoint, period;
    Seconds stall;
    Seconds repair;  // from the failure until the replica is back, no less than the stall
    double replicas = 2;
};

/// Useful share of it: with m = replicas x M the mean gap of one, a = 1 / (1 + repair / m), all of
/// them are past their stalls with chance ((1 + (repair - stall) / m) a)^(replicas - 1) for those
/// beside a replica that works, which each does with chance a; periods then lose their checkpoints.
/// That all replicas are out at once, which would rewind the job, is left out.
double dropping_share(const ReplicatedJob& job);

/// Mean gap between failures that find no other replica at work, by which such a job rewinds.
Seconds gap_of_rewinds(const ReplicatedJob& job);

/// The period of work at which `rewinding_share` is highest, whatever recovery takes: M (1 + W(z))
/// with z = -e^(-1 - checkpoint / M) and W the principal branch of Lambert's function, by Newton's
/// method to the last digits. Zero where a checkpoint costs nothing; M infinite: infinite.
Seconds best_period(Seconds mtbf, Seconds checkpoint);

/// First order in checkpoint / M (J. W. Young, 1974), for comparison: sqrt(2 M checkpoint).
Seconds first_order_period(Seconds mtbf, Seconds checkpoint);

}  // namespace millwright
