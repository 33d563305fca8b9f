// What failures, repairs and planned stops do to a job.
#include <algorithm>
#include <utility>

#include "millwright/reliability/job_run.h"

namespace millwright {
namespace {

/// Takes the episode of that number out of the list; nothing if it is not there.
std::optional<RunEpisode> taken_out(std::vector<RunEpisode>& episodes, std::uint64_t one) {
    const auto found = std::ranges::find(episodes, one, &RunEpisode::one);
    if (found == episodes.end()) return std::nullopt;
    const RunEpisode episode = *found;
    episodes.erase(found);
    return episode;
}

}  // namespace

void JobRun::strike(std::size_t cause) {
    ++tally_.strikes[cause];
    switch (job_.causes[cause].kind) {
        case FailureKind::slow: return begin_slow(cause);
        case FailureKind::silent: return begin_silent(cause);
        case FailureKind::fail_stop:
        case FailureKind::hang: return interrupt(cause);
    }
}

void JobRun::happen(const RunEvent& event) {
    switch (event.kind) {
        case RunEventKind::repaired: fleet_.put_back(event.server); return supply();
        case RunEventKind::delivered: fleet_.deliver(); return supply();
        case RunEventKind::refill: fleet_.refill(); return;
        case RunEventKind::slow_ends: taken_out(slow_, event.one); return set_speed();
        case RunEventKind::found: return find_silent(event.one);
        case RunEventKind::planned_stop: return stop_as_planned();
        case RunEventKind::rejoin: return rejoin(event.cause);
    }
}

void JobRun::begin_slow(std::size_t cause) {
    Draw draw = random_.next(RunPurpose::episode);
    slow_.push_back({.one = ++episodes_, .cause = cause});
    const Seconds lasts = job_.causes[cause].lasts.drawn(draw);
    events_.put(now_ + lasts, {.kind = RunEventKind::slow_ends, .one = episodes_});
    set_speed();
}

void JobRun::begin_silent(std::size_t cause) {
    Draw draw = random_.next(RunPurpose::episode);
    const Seconds clean = whole_work(levels_.back(), job_.checkpoints.levels.back());
    silent_.push_back({.one = ++episodes_, .cause = cause, .began = work_, .clean = clean});
    const Seconds lasts = job_.causes[cause].lasts.drawn(draw);
    events_.put(now_ + lasts, {.kind = RunEventKind::found, .one = episodes_});
}

/// All work since the last checkpoint before the wrong numbers is lost. Who went back past them in
/// the meantime has nothing to find.
void JobRun::find_silent(std::uint64_t one) {
    const auto episode = taken_out(silent_, one);
    if (!episode) return;
    ++tally_.interruptions;
    take_out_servers(episode->cause);
    rewind_to(min(episode->clean, work_), episode->cause);
    recover(episode->cause, true, standby_came_, job_.checkpoints.levels.back().load);
}

/// The job saves, stops and starts where it was. While it is down anyway, the stop takes no time of
/// its own.
void JobRun::stop_as_planned() {
    events_.put(now_ + job_.planned.every, {.kind = RunEventKind::planned_stop});
    if (at_phase_ < phases_.size()) return;
    ++tally_.planned;
    Draw draw = random_.next(RunPurpose::planned);
    phases_.clear();
    at_phase_ = 0;
    blamed_ = account(RunAccount::planned_stops);
    const CheckpointLevel& level = job_.checkpoints.levels.back();
    add_phase(constantly(level.blocking + level.writing), Badput::checkpoint_save, draw);
    const bool hot = job_.policy == RecoveryPolicy::hot_update;
    add_phase(hot ? job_.path.stall : job_.planned.takes, Badput::custom, draw);
    add_phase(level.load, Badput::checkpoint_restore, draw);
    add_phase(job_.path.warm_up, Badput::program_startup, draw);
    for (LevelState& state : levels_) state = {now_ - level.writing, work_, work_};
    rewound_ = true;
    if (phases_.empty()) go_on();
}

/// Servers that failed, and those evicted by mistake, go to repair; others come in their place.
void JobRun::take_out_servers(std::size_t cause) {
    const std::int64_t servers = std::min(job_.causes[cause].servers, job_.servers);
    standby_came_ = !job_.pool && job_.policy == RecoveryPolicy::standby;
    if (job_.pool) standby_came_ = job_.policy == RecoveryPolicy::standby;
    bool none = false;
    for (std::int64_t i = 0; i < servers; ++i) {
        send_to_repair(fleet_.lose());
        const SupplyKind from = fleet_.replace();
        if (from == SupplyKind::none) ++missing_;
        none = none || from == SupplyKind::none;
        if (job_.pool && from != SupplyKind::standby) standby_came_ = false;
        if (from == SupplyKind::standby && job_.pool->spares > 0) {
            Draw draw = random_.next(RunPurpose::recovery);
            events_.put(now_ + job_.pool->wait.drawn(draw), {.kind = RunEventKind::refill});
        }
    }
    if (none) ++tally_.stock_outs;
    set_exposure();
}

/// Without a pool nobody asks what becomes of it.
void JobRun::send_to_repair(ServerClass server) {
    if (!job_.pool) return;
    const RepairShop& shop = job_.repair;
    Draw draw = random_.next(RunPurpose::repair);
    if (fleet_.is_worn(server)) {
        ++tally_.retired;
        if (const auto& restock = job_.pool->restock) {
            events_.put(now_ + restock->drawn(draw), {.kind = RunEventKind::delivered});
        }
        return;
    }
    Seconds time = shop.automatic.drawn(draw);
    const bool goes_on = draw.uniform() < shop.goes_on;
    if (goes_on) time += shop.manual.drawn(draw);
    const bool cured = draw.uniform() >= (goes_on ? shop.fails_manual : shop.fails_automatic);
    if (cured) server.lemon = false;
    events_.put(now_ + time, {.kind = RunEventKind::repaired, .server = server});
}

/// Who waits is served; replicas come back when none is short of a server.
void JobRun::supply() {
    while (missing_ > 0 && fleet_.replace() != SupplyKind::none) --missing_;
    set_exposure();
    if (missing_ > 0) return;
    for (const std::size_t cause : std::exchange(want_server_, {})) rejoin(cause);
}

void JobRun::set_exposure() {
    const auto all = static_cast<double>(job_.replicas);
    const double there = (all - static_cast<double>(out_.size())) / all;
    clocks_.expose(now_, fleet_.exposure() * there);
}

bool JobRun::goes_on_smaller() const {
    return job_.policy == RecoveryPolicy::replica_drop || job_.policy == RecoveryPolicy::elastic;
}

/// A job that can be smaller waits only for its last replica.
bool JobRun::is_blocked() const {
    return goes_on_smaller() ? std::ssize(out_) >= job_.replicas : missing_ > 0;
}

/// A replica is back, or waits for the servers that it lacks.
void JobRun::rejoin(std::size_t cause) {
    if (missing_ > 0) {
        want_server_.push_back(cause);
        return;
    }
    const auto back = std::ranges::find(out_, cause);
    if (back != out_.end()) out_.erase(back);
    set_speed();
    set_exposure();
}

/// A failure takes out as many replicas as its servers are of, one at least.
void JobRun::drop_replicas(std::size_t cause) {
    const std::int64_t held = std::max<std::int64_t>(1, job_.servers / job_.replicas);
    const std::int64_t servers = job_.causes[cause].servers;
    const std::int64_t hit = std::max<std::int64_t>(1, (servers + held - 1) / held);
    const std::int64_t there = job_.replicas - std::ssize(out_);
    for (std::int64_t i = 0; i < std::min(hit, there); ++i) rejoin_later(cause);
    set_speed();
    set_exposure();
}

void JobRun::rejoin_later(std::size_t cause) {
    Draw draw = random_.next(RunPurpose::repair);
    out_.push_back(cause);
    events_.put(now_ + job_.rejoin.drawn(draw), {.kind = RunEventKind::rejoin, .cause = cause});
}

void JobRun::interrupt(std::size_t cause) {
    ++tally_.interruptions;
    take_out_servers(cause);
    const bool smaller = goes_on_smaller();
    if (smaller) drop_replicas(cause);
    const bool left = std::ssize(out_) < job_.replicas;
    // what is on its way back from a loss of work has still to load and start
    if (job_.policy == RecoveryPolicy::replica_drop && left && !rewound_) {
        return recover(cause, false, true, {});
    }
    const bool hot = job_.policy == RecoveryPolicy::hot_update && job_.causes[cause].software;
    const std::size_t level = surviving_level(job_.causes[cause].servers);
    rewind_to(whole_work(levels_[level], job_.checkpoints.levels[level]), cause);
    const bool quick = standby_came_ || hot || (smaller && left);
    recover(cause, true, quick, job_.checkpoints.levels[level].load);
}

}  // namespace millwright
