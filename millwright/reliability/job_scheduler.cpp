// Time passes first, then all that comes at that moment happens, and only then jobs start: who
// waits is looked at once, whatever came together. Events of an earlier start are void by its
// number and not searched for. A failure draws server and repair even where the server is away,
// so that later draws do not move. A period that is not given is Young's (1974).
#include "millwright/reliability/job_scheduler.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

std::size_t queues_of(const ClusterLoad& load) {
    std::uint32_t last = 0;
    for (const ClusterJob& job : load.jobs) last = std::max(last, job.queue);
    return std::size_t{last} + 1;
}

}  // namespace

JobScheduler::JobScheduler(const ClusterLoad& load, std::uint64_t seed, std::uint64_t replication)
    : load_(load),
      random_(seed, replication),
      free_(load.cluster, load.rules.placement),
      lines_(load.rules.order, queues_of(load)),
      forecast_(free_),
      state_(load.jobs.size()),
      jobs_on_(narrow<std::size_t>(load.cluster.servers)) {
    tally_.fates.resize(load.jobs.size());
    for (std::size_t job = 0; job < state_.size(); ++job) {
        state_[job].need = need_of(load.cluster, load.jobs[job]);
    }
}

ClusterTally JobScheduler::run() {
    if (load_.window > Seconds{}) events_.put(load_.window, {ClusterEvent::Kind::accounts});
    if (load_.failures.rate > EventRate{}) wind_failures();
    while (ended_ < state_.size() || (books_open_ && load_.window > Seconds{})) {
        Seconds next = events_.empty() ? load_.until : events_.next();
        if (arrived_ < state_.size()) next = min(next, load_.jobs[arrived_].arrival);
        if (next > load_.until) break;
        pass_time(next);
        while (arrived_ < state_.size() && load_.jobs[arrived_].arrival <= now_) {
            join(static_cast<std::uint32_t>(arrived_++));
        }
        while (!events_.empty() && events_.next() <= now_) happen(events_.take().what);
        start_jobs();
        free_use_ = use_of_free();
    }
    end_all();
    return std::move(tally_);
}

void JobScheduler::happen(const ClusterEvent& event) {
    switch (event.kind) {
        case ClusterEvent::Kind::leaves:
            if (state_[event.number].starts == event.start) leave(event.number);
            break;
        case ClusterEvent::Kind::ripens: break;  // who waits is looked at again
        case ClusterEvent::Kind::fails:
            fail_one();
            wind_failures();
            break;
        case ClusterEvent::Kind::mended:
            free_.mend(event.number);
            by_end_.erase({now_, narrow<std::uint32_t>(state_.size() + event.number)});
            withdraw();
            break;
        case ClusterEvent::Kind::accounts: close_books(); break;
    }
}

void JobScheduler::wind_failures() {
    const double mean = 1 / (load_.failures.rate.si() * real(load_.cluster.servers));
    Draw gap = random_.next(RunPurpose::gap);
    events_.put(now_ + Seconds::from_si(gap.exponential(mean)), {ClusterEvent::Kind::fails});
}

void JobScheduler::join(std::uint32_t job) {
    State& state = state_[job];
    state.phase = Phase::waits;
    state.since = now_;
    lines_.join(job, load_.jobs[job], left(job), state.need);
}

/// Gives the chips of a job back; it neither runs nor saves any more.
void JobScheduler::give_back(std::uint32_t job) {
    State& state = state_[job];
    for (const std::uint32_t server : state.servers) {
        free_.give(server, state.need.chips);
        std::erase(jobs_on_[server], job);
    }
    state.servers = {};
    by_end_.erase({state.until, job});
    saving_.erase(job);
    if (state.phase == Phase::runs && load_.rules.preempts) {
        const std::int32_t priority = load_.jobs[job].priority;
        to_stop_.erase({priority, -state.since, job});
        chips_by_priority_[priority] -= state.need.all_chips();
    }
}

/// A job is done, or what it had is saved.
void JobScheduler::leave(std::uint32_t job) {
    State& state = state_[job];
    const bool saved = state.phase == Phase::saves;
    Run run = run_until(job, now_);
    if (!saved) {
        run.overhead = max(Seconds{}, run.overhead + run.work - left(job));
        run.work = left(job);
    }
    book_run(job, run, {});
    give_back(job);
    if (saved) {
        join(job);
        return;
    }
    state.done = load_.jobs[job].work;
    state.phase = Phase::done;
    JobFate& fate = tally_.fates[job];
    fate.end = now_;
    fate.ended = true;
    ++ended_;
}

/// A server, whichever; one that is away does not fail again.
void JobScheduler::fail_one() {
    const auto servers = static_cast<std::uint64_t>(load_.cluster.servers);
    Draw which = random_.next(RunPurpose::server);
    const auto server = static_cast<std::uint32_t>(which.below(servers));
    Draw repair = random_.next(RunPurpose::repair);
    if (!free_.is_up(server)) return;
    ++tally_.failures;
    const std::vector<std::uint32_t> struck = jobs_on_[server];
    for (const std::uint32_t job : struck) kill(job);
    withdraw();
    free_.fail(server);
    const Seconds mended = now_ + load_.failures.repair.drawn(repair);
    by_end_.insert({mended, narrow<std::uint32_t>(state_.size() + server)});
    events_.put(mended, {ClusterEvent::Kind::mended, server});
}

/// Loses what it did since its last checkpoint, the one that it was saving included.
void JobScheduler::kill(std::uint32_t job) {
    State& state = state_[job];
    const bool saves = state.phase == Phase::saves;
    const Run run = run_until(job, now_);
    const Seconds worked = saves ? state.worked : run.work;
    const Seconds lost = worked - kept_of(job, worked);
    book_run(job, run, saves ? Seconds{} : lost);
    if (saves) {  // its work was booked when it was stopped
        const Seconds chip_time = real(load_.jobs[job].chips) * lost;
        book(ChipUse::useful, -chip_time);
        book(ChipUse::again, chip_time);
    }
    state.done += saves ? -lost : worked - lost;
    JobFate& fate = tally_.fates[job];
    fate.lost += lost;
    ++fate.interruptions;
    ++state.starts;  // what was to come of this start is void
    lines_.charge(load_.jobs[job].queue, -real(load_.jobs[job].chips) * (saves ? lost : left(job)));
    give_back(job);
    join(job);
}

void JobScheduler::pass_time(Seconds now) {
    const Seconds passed = now - now_;
    book(ChipUse::repair, real(free_.away() * load_.cluster.chips_per_server) * passed);
    book(free_use_, real(free_.free_chips()) * passed);
    now_ = now;
}

void JobScheduler::book(ChipUse use, Seconds chip_time) {
    if (books_open_) tally_.uses[static_cast<std::size_t>(use)] += chip_time;
}

void JobScheduler::book_run(std::uint32_t job, const Run& run, Seconds lost) {
    const double chips = real(load_.jobs[job].chips);
    const double rest = real(state_[job].need.all_chips()) - chips;
    book(ChipUse::useful, chips * (run.work - lost));
    book(ChipUse::again, chips * lost);
    book(ChipUse::restart, chips * run.restart);
    book(ChipUse::checkpoint, chips * run.overhead);
    book(ChipUse::rounding, rest * (run.restart + run.work + run.overhead));
}

/// What runs has worked up to now; whether that will be lost is no matter of the window.
void JobScheduler::close_books() {
    for (const auto& [until, number] : by_end_) {
        if (number < state_.size()) book_run(number, run_until(number, now_), {});
    }
    tally_.window = now_;
    books_open_ = false;
}

/// Of jobs that have not ended all is as it stands.
void JobScheduler::end_all() {
    if (ended_ < state_.size()) pass_time(load_.until);
    if (books_open_) close_books();
    tally_.end = now_;
    for (std::uint32_t job = 0; job < state_.size(); ++job) {
        State& state = state_[job];
        JobFate& fate = tally_.fates[job];
        if (state.phase == Phase::runs) state.done += run_until(job, now_).work;
        if (state.phase == Phase::waits) fate.queued += now_ - state.since;
        if (!fate.started) fate.start = now_;
        if (!fate.ended) fate.end = now_;
        fate.useful = state.done;
    }
}

Seconds JobScheduler::restart_of(std::uint32_t job) const {
    return tally_.fates[job].interruptions + tally_.fates[job].preemptions > 0
               ? load_.failures.restart
               : Seconds{};
}

Seconds JobScheduler::period_of(std::uint32_t job) const {
    const ClusterFailures& failures = load_.failures;
    if (failures.period) return *failures.period;
    const double rate = failures.rate.si() * state_[job].need.servers;
    return Seconds::from_si(std::sqrt(2 * failures.cost.si() / rate));  // infinite at rate zero
}

/// Work in a time, without restarts.
double JobScheduler::speed_of(std::uint32_t job) const {
    const Seconds cost = load_.failures.cost;
    if (cost == Seconds{}) return 1;
    const double share = cost / period_of(job);
    return 1 / (1 + share);
}

Seconds JobScheduler::takes(std::uint32_t job) const {
    return restart_of(job) + left(job) / speed_of(job);
}

JobScheduler::Run JobScheduler::run_until(std::uint32_t job, Seconds now) const {
    const Seconds passed = now - state_[job].since;
    if (state_[job].phase == Phase::saves) return {{}, {}, passed};
    const Seconds restart = min(passed, restart_of(job));
    const Seconds rest = passed - restart;
    const Seconds work = min(left(job), rest * speed_of(job));
    return {restart, work, rest - work};
}

/// Of the work since a start: whole periods.
Seconds JobScheduler::kept_of(std::uint32_t job, Seconds worked) const {
    const Seconds period = period_of(job);
    if (period == Seconds{}) return worked;
    if (std::isinf(period.si())) return {};
    return min(worked, std::floor(worked / period) * period);
}

}  // namespace millwright
