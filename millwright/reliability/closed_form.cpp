#include "millwright/reliability/closed_form.h"

#include <cmath>
#include <limits>

#include "millwright/base/require.h"
#include "millwright/reliability/exponentials.h"

namespace millwright {
namespace {

/// s + e^-s - 1, which near zero is s^2/2 - s^3/6 + ...: the difference would lose its digits.
double excess(double s) {
    if (s > 0.5) return s - 1 + exponential_of(-s);
    double term = s * s / 2, sum = term;
    for (int n = 3; n <= 20; ++n) {
        term *= -s / n;
        sum += term;
    }
    return sum;
}

void check(Seconds mtbf, Seconds checkpoint, Seconds period) {
    require(mtbf > Seconds{}, "a mean gap between failures is more than zero");
    require(checkpoint >= Seconds{}, "a checkpoint costs no less than nothing");
    require(period > Seconds{}, "a period of work is more than zero");
}

}  // namespace

double rewinding_share(const CheckpointedJob& job) {
    check(job.mtbf, job.checkpoint, job.period);
    const Seconds whole = job.period + job.checkpoint;
    if (std::isinf(job.mtbf.si())) return job.period / whole * job.recovers;
    const double lost = exponential_less_one(whole / job.mtbf);
    if (std::isinf(lost)) return 0;
    return job.period / job.mtbf / lost * job.recovers;
}

double dropping_share(const ReplicatedJob& job) {
    check(job.mtbf, job.checkpoint, job.period);
    require(job.replicas >= 2, "replicas are two or more");
    require(job.repair >= job.stall, "a replica is back after the stall");
    const double writes = job.period / (job.period + job.checkpoint);
    if (std::isinf(job.mtbf.si())) return writes;
    const double repair = job.repair / (job.replicas * job.mtbf);
    const double stall = job.stall / (job.replicas * job.mtbf);
    const double works = 1 / (1 + repair);
    // (1 + repair - stall) / (1 + repair), as one quotient: the sum may be larger than its digits
    const double settled = 1 - stall * works;
    return works * power_of(settled, job.replicas - 1) * writes;
}

Seconds gap_of_rewinds(const ReplicatedJob& job) {
    const double repair = job.repair / (job.replicas * job.mtbf);
    const double out = repair / (1 + repair);
    // one replica works, the others are out; it fails at its own rate
    const double alone = job.replicas * (1 - out) * power_of(out, job.replicas - 1);
    const double infinite = std::numeric_limits<double>::infinity();
    return alone > 0 ? job.mtbf * (job.replicas / alone) : Seconds::from_si(infinite);
}

/// In units of M the best period is 1 - e^-s, where s, the period with its checkpoint, solves
/// excess(s) = checkpoint: convex, so that Newton's method comes down on it from above.
Seconds best_period(Seconds mtbf, Seconds checkpoint) {
    require(mtbf > Seconds{}, "a mean gap between failures is more than zero");
    require(checkpoint >= Seconds{}, "a checkpoint costs no less than nothing");
    if (checkpoint == Seconds{}) return {};
    if (std::isinf(mtbf.si())) return mtbf;
    const double cost = checkpoint / mtbf;
    double s = std::sqrt(2 * cost) + cost;
    for (int i = 0; i < 60; ++i) {
        const double slope = -exponential_less_one(-s);
        if (!(slope > 0)) break;
        const double next = s - (excess(s) - cost) / slope;
        if (!(next > 0) || next == s) break;
        s = next;
    }
    return -exponential_less_one(-s) * mtbf;
}

Seconds first_order_period(Seconds mtbf, Seconds checkpoint) {
    return Seconds::from_si(std::sqrt(2 * mtbf.si() * checkpoint.si()));
}

}  // namespace millwright
