// Who starts: the first in line, others behind it, and who is stopped for the first.
#include <algorithm>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/reliability/job_scheduler.h"

namespace millwright {

void JobScheduler::withdraw() {
    if (promised_to_ == nobody) return;
    free_.take_back();
    promised_to_ = nobody;
    by_stops_ = false;
}

void JobScheduler::start_jobs() {
    while (start_first()) {
    }
    if (lines_.empty() || load_.rules.backfill == Backfill::none) return;
    if (promised_to_ == nobody) promise_first();
    backfill();
}

/// False where nobody waits, or the first has to.
bool JobScheduler::start_first() {
    if (lines_.empty()) {
        withdraw();
        return false;
    }
    const std::uint32_t first = lines_.first();
    if (promised_to_ != first) withdraw();
    if (free_.fits(state_[first].need, Promised::used)) {
        withdraw();
        start(first, Promised::used);
        return true;
    }
    return load_.rules.preempts && !by_stops_ && stop_others();
}

void JobScheduler::start(std::uint32_t job, Promised promised) {
    State& state = state_[job];
    const ClusterJob& asked = load_.jobs[job];
    lines_.leave(job, asked, left(job), state.need);
    lines_.charge(asked.queue, real(asked.chips) * left(job));
    JobFate& fate = tally_.fates[job];
    if (!fate.started) fate.start = now_;
    fate.started = true;
    fate.queued += now_ - state.since;
    state.servers = free_.take(state.need, promised);
    for (const std::uint32_t server : state.servers) jobs_on_[server].push_back(job);
    state.phase = Phase::runs;
    state.since = now_;
    state.until = now_ + takes(job);
    ++state.starts;
    by_end_.insert({state.until, job});
    events_.put(state.until, {ClusterEvent::Kind::leaves, job, state.starts});
    if (!load_.rules.preempts) return;
    to_stop_.insert({asked.priority, -now_, job});
    chips_by_priority_[asked.priority] += state.need.all_chips();
    if (load_.rules.protects > Seconds{}) {
        events_.put(now_ + load_.rules.protects, {ClusterEvent::Kind::ripens, job});
    }
}

/// True once the job of the forecast has a place. `number`: of a job or, behind them, a server.
bool JobScheduler::release_in_forecast(std::uint32_t number) {
    if (number >= state_.size()) {
        const auto server = static_cast<std::uint32_t>(number - state_.size());
        return forecast_.release(server, narrow<std::int32_t>(load_.cluster.chips_per_server));
    }
    const State& state = state_[number];
    return std::ranges::any_of(state.servers, [&](std::uint32_t server) {
        return forecast_.release(server, state.need.chips);
    });
}

/// The earliest servers that the first can have, as everybody ends when that is known.
void JobScheduler::promise_first() {
    const std::uint32_t first = lines_.first();
    forecast_.begin(state_[first].need);
    const auto at = std::ranges::find_if(
        by_end_, [&](const auto& end) { return release_in_forecast(end.second); });
    require(at != by_end_.end(), "a job that fits the cluster has a place in the end");
    promised_to_ = first;
    promised_at_ = at->first;
    free_.promise(forecast_.servers());
    JobFate& fate = tally_.fates[first];
    if (fate.promised == Seconds{}) fate.promised = promised_at_;
}

/// Jobs of lower priority without which the first has a place, by the forecast, beside those that
/// save already; nothing where it has none so.
std::optional<std::vector<std::uint32_t>> JobScheduler::jobs_to_stop(std::uint32_t first) {
    const ClusterJob& waits = load_.jobs[first];
    // by turns of queues another queue's job would come first again, and be stopped for ever
    const bool own_queue = load_.rules.order == JobOrder::fair;
    std::vector<std::uint32_t> given;
    for (const std::uint32_t job : saving_) {
        if (release_in_forecast(job)) return given;
    }
    for (auto at = to_stop_.begin(); at != to_stop_.end();) {
        const auto& [lower, back, job] = *at;
        if (lower >= waits.priority) break;
        if (now_ < -back + load_.rules.protects) {
            // the latest to start stand first: on to the first of them that is not protected
            const auto ripe = to_stop_.lower_bound({lower, load_.rules.protects - now_, 0});
            const bool ahead = ripe == to_stop_.end() || *at < *ripe;
            at = ahead ? ripe : std::next(at);
            continue;
        }
        ++at;
        if (own_queue && load_.jobs[job].queue != waits.queue) continue;
        given.push_back(job);
        if (release_in_forecast(job)) return given;
    }
    return std::nullopt;
}

/// True where others gave their chips back at once; where they save first, their servers are
/// promised.
bool JobScheduler::stop_others() {
    const std::uint32_t first = lines_.first();
    const std::int32_t priority = load_.jobs[first].priority;
    std::int64_t lower = 0;
    for (const auto& [of, chips] : chips_by_priority_) {
        if (of < priority) lower += chips;
    }
    const std::int64_t needs = state_[first].need.all_chips();
    if (lower == 0 || (saving_.empty() && free_.free_chips() + lower < needs)) return false;
    withdraw();
    forecast_.begin(state_[first].need);
    const auto given = jobs_to_stop(first);
    if (!given) return false;
    std::vector<std::uint32_t> servers = forecast_.servers();
    std::ranges::sort(servers);
    const auto is_taken = [&](std::uint32_t s) { return std::ranges::binary_search(servers, s); };
    for (const std::uint32_t job : *given) {
        if (std::ranges::any_of(state_[job].servers, is_taken)) stop(job);
    }
    if (load_.failures.cost == Seconds{}) return true;
    promised_to_ = first;
    promised_at_ = now_ + load_.failures.cost;
    by_stops_ = true;
    free_.promise(std::move(servers));
    return false;
}

/// A job saves what it has and stands in line again.
void JobScheduler::stop(std::uint32_t job) {
    State& state = state_[job];
    const ClusterJob& asked = load_.jobs[job];
    const Run run = run_until(job, now_);
    book_run(job, run, {});
    to_stop_.erase({asked.priority, -state.since, job});
    chips_by_priority_[asked.priority] -= state.need.all_chips();
    by_end_.erase({state.until, job});
    state.done += run.work;
    state.worked = run.work;
    lines_.charge(asked.queue, -real(asked.chips) * left(job));
    ++tally_.fates[job].preemptions;
    ++state.starts;  // its end is void
    state.phase = Phase::saves;
    state.since = now_;
    state.until = now_ + load_.failures.cost;
    by_end_.insert({state.until, job});
    saving_.insert(job);
    if (load_.failures.cost == Seconds{}) {
        leave(job);
    } else {
        events_.put(state.until, {ClusterEvent::Kind::leaves, job, state.starts});
    }
}

/// Those behind the first: any that are gone by the time of its promise, others beside its servers.
void JobScheduler::backfill() {
    if (!lines_.any_fits(free_)) return;
    JobLines::Walk walk(lines_);
    walk.next();
    for (std::int64_t looked = 0; looked < load_.rules.depth; ++looked) {
        const auto job = walk.next();
        if (!job) return;
        const bool gone = now_ + takes(*job) <= promised_at_;
        const Promised promised = gone ? Promised::used : Promised::left_alone;
        if (!free_.fits(state_[*job].need, promised)) continue;
        start(*job, promised);
        if (!lines_.any_fits(free_)) return;
    }
}

ChipUse JobScheduler::use_of_free() const {
    if (lines_.empty()) return ChipUse::none_waiting;
    if (lines_.any_is_scattered(free_)) return ChipUse::scattered;
    return lines_.any_fits(free_) ? ChipUse::order : ChipUse::too_few;
}

}  // namespace millwright
