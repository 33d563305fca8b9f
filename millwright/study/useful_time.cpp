// All failures are one cause, as the closed form takes; a job without a form, whose replicas drop
// out, is simulated. The ends of the fleet's band have each the best period for it, and the
// higher rate makes the lower share. No period is shorter than a checkpoint is written for, or
// the next would begin before it is whole.
#include "millwright/study/useful_time.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/require.h"
#include "millwright/catalog/defaults.h"
#include "millwright/compute/weights.h"
#include "millwright/reliability/fleet_causes.h"
#include "millwright/reliability/simulate.h"
#include "millwright/train/step.h"

namespace millwright {
namespace {

/// The fleet's own, or that of mature fleets where it was not published.
template <class T>
T habit(const Catalog& catalog, const MeasuredFleet& fleet, Cited<T> MeasuredFleet::*figure) {
    if ((fleet.*figure).known()) return (fleet.*figure).value;
    return (part_named(catalog.fleets, std::string(default_fleet)).*figure).value;
}

/// By the form, or by simulation where replicas drop out so often that none is left.
double share_of(FleetJob job, double rate, double chips, std::optional<Seconds> period) {
    job.causes = {{.name = "failures", .rate = rate_of_nodes(rate, chips)}};
    const Seconds writing = job.checkpoints.levels[0].writing;
    job.checkpoints.period = max(period.value_or(closed_best_period(job)), writing);
    if (const auto share = closed_share(job)) return *share;
    // so many failures leave no replica for long, and would take minutes to simulate
    constexpr double most_failures = 1e4;
    if (interruption_rate(job) * job.horizon > most_failures) return 0;
    return simulate_job(job, {.replications = 64, .threads = 1}).useful_share.mean;
}

/// The job without its failures, and what its checkpoints take.
FleetJob job_of(const UsefulTimeQuestion& q, const UsefulTime& time, Seconds rejoin) {
    const double server = std::max(1.0, q.factory.server.chips.value);
    FleetJob job{
        .servers = std::max<std::int64_t>(1, narrow<std::int64_t>(std::ceil(q.chips / server))),
        .horizon = 30 * unit::day,
        .policy = q.asked.policy,
        .replicas = q.asked.replicas,
        .rejoin = constantly(rejoin)};
    job.replicas = std::min(job.replicas, std::max<std::int64_t>(2, job.servers));
    (q.asked.policy == RecoveryPolicy::restart ? job.path.reschedule : job.path.stall) =
        constantly(time.restart);
    job.checkpoints.levels = {{.name = "storage", .blocking = time.waits, .writing = time.writing}};
    return job;
}

/// Of weights that are not trained, in BF16; they are packed, if at all, where they are loaded.
Bytes frozen_bytes(const TrainContext& context) {
    if (!context.low_rank.any()) return {};
    return bf16_bytes * (parameters(context.model) + extra_parameters(context.model)) * unit::B;
}

void set_checkpoint(const UsefulTimeQuestion& q, const MeasuredFleet& fleet, UsefulTime& time) {
    const Bandwidth storage = q.asked.storage.value_or(
        q.chips * habit(q.catalog, fleet, &MeasuredFleet::storage_per_chip));
    time.checkpoint = checkpoint_bytes(q.context);
    time.writing = time.checkpoint / storage;
    // frozen weights are not written, but read again, as they are published
    time.load = time.writing + frozen_bytes(q.context) / storage;
    const Bytes own = 1 / q.chips * time.checkpoint;
    // a server that states no memory has some all the same
    const Link* link = find_part(q.catalog.links, q.factory.chip.host_link);
    const Bytes room = q.factory.host.memory;
    const bool copied = link != nullptr && (room == Bytes{} || own <= room);
    if (q.asked.checkpoint_cost) {
        time.waits = *q.asked.checkpoint_cost;
    } else if (copied) {
        time.waits = habit(q.catalog, fleet, &MeasuredFleet::checkpoint_stall) +
                     own / link->per_direction.value;
    } else {
        time.waits = time.writing;
        time.writing = {};
    }
}

}  // namespace

const MeasuredFleet& fleet_of(const Catalog& catalog, const std::string& asked, const Chip& chip) {
    const std::string& named = asked.empty() ? chip.fleet : asked;
    return part_named(catalog.fleets, named.empty() ? std::string(default_fleet) : named);
}

double stopping_share(const MeasuredFleet& fleet) {
    double all = 0, stopping = 0;
    for_each_table(fleet, [&](const char*, const FleetCause& cause) {
        all += cause.count.value;
        if (cause.kind != FailureKind::slow) stopping += cause.count.value;
    });
    return all > 0 ? stopping / all : 1;
}

UsefulTime useful_time(const UsefulTimeQuestion& q) {
    if (q.asked.useful_share) {
        const double share = *q.asked.useful_share;
        return {.share = share, .low = share, .high = share, .given = true};
    }
    const MeasuredFleet& fleet = fleet_of(q.catalog, q.asked.fleet, q.factory.chip);
    UsefulTime time;
    const double stopping = stopping_share(fleet);
    const bool own = !q.asked.rate_per_1000_nodes_day;
    time.rate = own ? stopping * fleet.rate.value : *q.asked.rate_per_1000_nodes_day;
    if (own) time.fleet = fleet.id;
    const EventRate all = rate_of_nodes(time.rate, q.chips);
    if (all > EventRate{}) time.mttf = Seconds::from_si(1 / all.si());
    time.restart = q.asked.policy == RecoveryPolicy::restart
                       ? q.asked.restart.value_or(habit(q.catalog, fleet, &MeasuredFleet::restart))
                       : q.asked.stall.value_or(habit(q.catalog, fleet, &MeasuredFleet::stall));
    set_checkpoint(q, fleet, time);
    FleetJob job = job_of(q, time, q.asked.repair);
    job.causes = {{.name = "failures", .rate = all}};
    time.period = max(q.asked.checkpoint_period.value_or(closed_best_period(job)), time.writing);
    const auto share = [&](double rate) {
        return share_of(job, rate, q.chips, q.asked.checkpoint_period);
    };
    time.share = share(time.rate);
    const bool band = own && fleet.low.known() && fleet.high.known();
    time.low = band ? share(stopping * fleet.high.value) : time.share;
    time.high = band ? share(stopping * fleet.low.value) : time.share;
    return time;
}

}  // namespace millwright
