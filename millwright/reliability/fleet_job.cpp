// The closed form is a renewal: failures without memory, and a recovery that begins anew when it
// is struck, so that its chance is a product over its parts. What a job has beyond that gives no
// figure rather than a near one. Replicas are exact of constant times, and refused where all of
// them out at once would count. The best period is for losses of work, not for all failures.
#include "millwright/reliability/fleet_job.h"

#include <algorithm>
#include <limits>

#include "millwright/base/require.h"
#include "millwright/reliability/closed_form.h"

namespace millwright {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

Seconds gap_of(EventRate rate) {
    return Seconds::from_si(rate > EventRate{} ? 1 / rate.si() : infinite);
}

/// Chance that no failure strikes the recovery from one, over causes and times.
double recovers(const FleetJob& job, Seconds mtbf) {
    const RecoveryPath& path = job.path;
    const auto chance = [&](const TimeLaw& law) { return chance_without_failure(law, mtbf); };
    const bool restarts = job.policy == RecoveryPolicy::restart;
    const double swap =
        restarts ? chance(path.evict) * chance(path.reschedule) : chance(path.stall);
    const CheckpointLevel& level = job.checkpoints.levels.back();
    // the first checkpoint after a recovery is safe only when it is whole
    const double common = chance(path.decide) * swap * chance(path.warm_up) * chance(level.load) *
                          chance(constantly(level.writing));
    if (std::isinf(mtbf.si())) return 1;
    double sum = 0;
    for (const FailureCause& cause : job.causes) {
        const bool hangs = cause.kind == FailureKind::hang;
        sum += cause.rate * mtbf * chance(hangs ? path.hang : path.detect);
    }
    return std::min(1.0, sum * common);
}

/// What all forms need.
bool is_renewal(const FleetJob& o) {
    const auto stops = [](const FailureCause& cause) {
        return cause.law == HazardLaw::exponential &&
               (cause.kind == FailureKind::fail_stop || cause.kind == FailureKind::hang);
    };
    return std::ranges::all_of(o.causes, stops) && o.lemons.factor == 1 && !o.pool &&
           o.planned.every == Seconds{} && o.start.is_zero() && o.imbalances.empty() &&
           o.path.misdiagnosed == 0 && o.checkpoints.levels.size() == 1 &&
           o.checkpoints.levels[0].writing <= o.checkpoints.period;
}

ReplicatedJob replicated(const FleetJob& o) {
    const Seconds stall = o.path.detect.mean + o.path.decide.mean + o.path.stall.mean;
    return {.mtbf = mean_gap(o),
            .checkpoint = checkpoint_cost(o.checkpoints),
            .period = max(o.checkpoints.period, least_period),
            .stall = stall,
            .repair = max(stall, o.rejoin.mean),
            .replicas = static_cast<double>(o.replicas)};
}

/// Exact of constant times, but for all replicas out at once: nothing where that costs more than
/// a part in a thousand.
std::optional<double> share_of_replicas(const FleetJob& o) {
    const bool constant = o.path.detect.is_constant() && o.path.decide.is_constant() &&
                          o.path.stall.is_constant() && o.rejoin.is_constant();
    const bool hangs = std::ranges::any_of(
        o.causes, [](const FailureCause& c) { return c.kind == FailureKind::hang; });
    if (!constant || hangs || o.replicas < 2 || o.missing_one) return std::nullopt;
    const ReplicatedJob job = replicated(o);
    const Seconds lost = o.path.reschedule.mean + o.path.evict.mean + job.period;
    if (lost / gap_of_rewinds(job) > 1e-3) return std::nullopt;
    return dropping_share(job);
}

}  // namespace

EventRate interruption_rate(const FleetJob& job) {
    EventRate rate;
    for (const FailureCause& cause : job.causes) {
        if (cause.kind != FailureKind::slow) rate += cause.rate;
    }
    return rate;
}

Seconds mean_gap(const FleetJob& job) { return gap_of(interruption_rate(job)); }

Seconds mean_gap_of_rewinds(const FleetJob& job) {
    const Seconds all = mean_gap(job);
    if (job.policy != RecoveryPolicy::replica_drop || job.replicas < 2) return all;
    if (std::isinf(all.si())) return all;
    EventRate rate;
    const std::int64_t held = std::max<std::int64_t>(1, job.servers / job.replicas);
    for (const FailureCause& cause : job.causes) {
        const bool whole = cause.servers >= held * job.replicas;
        if (cause.kind == FailureKind::silent || whole) rate += cause.rate;
    }
    return min(gap_of(rate), gap_of_rewinds(replicated(job)));
}

Seconds checkpoint_cost(const CheckpointScheme& scheme) {
    Seconds cost;
    for (const CheckpointLevel& level : scheme.levels) {
        cost += level.blocking / static_cast<double>(level.every);
    }
    return cost;
}

Seconds shortest_period(const CheckpointScheme& scheme) {
    Seconds shortest = least_period;
    for (const CheckpointLevel& level : scheme.levels) {
        shortest = max(shortest, level.writing / static_cast<double>(level.every));
    }
    return shortest;
}

Seconds closed_best_period(const FleetJob& job) {
    const Seconds cost = checkpoint_cost(job.checkpoints);
    constexpr double rare = 1000;  // runs in which work is lost once
    const Seconds gap = mean_gap_of_rewinds(job);
    if (gap > rare * job.horizon && job.policy == RecoveryPolicy::replica_drop) return job.horizon;
    const Seconds best = best_period(gap, cost);
    return min(max(best, shortest_period(job.checkpoints)), job.horizon);
}

std::optional<double> closed_share(const FleetJob& o) {
    require(!o.checkpoints.levels.empty(), "there is a level of checkpoints");
    if (!is_renewal(o)) return std::nullopt;
    const double speed = (1 - o.derating) * (1 - o.data_stall);
    if (o.policy == RecoveryPolicy::replica_drop) {
        const auto share = share_of_replicas(o);
        return share ? std::optional(*share * speed) : std::nullopt;
    }
    if (o.policy == RecoveryPolicy::hot_update) return std::nullopt;
    // a smaller job works at a speed that hangs on how long it has run
    if (o.policy == RecoveryPolicy::elastic && !o.rejoin.is_zero()) return std::nullopt;
    const Seconds mtbf = mean_gap(o);
    return speed * rewinding_share({.mtbf = mtbf,
                                    .checkpoint = checkpoint_cost(o.checkpoints),
                                    .period = o.checkpoints.period,
                                    .recovers = recovers(o, mtbf)});
}

}  // namespace millwright
