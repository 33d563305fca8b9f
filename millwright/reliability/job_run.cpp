// Time passes in stretches of one kind: recovery, saving or work. Each books its time once, as
// work or to an account and a class, so that a replication's ledger sums to its length. With one
// level that is written every period, whole periods up to the next event are one step; else they
// are walked. Losses of speed take from what the ones before have left.
#include "millwright/reliability/job_run.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/require.h"

namespace millwright {

JobRun::JobRun(const FleetJob& job, std::uint64_t seed, std::uint64_t replication)
    : job_(job),
      random_(seed, replication),
      clocks_(job, random_),
      fleet_(job, random_),
      progress_(job),
      period_left_(job.checkpoints.period) {
    require(job.horizon > Seconds{}, "a run has a length");
    require(job.checkpoints.period > Seconds{}, "a period of work is more than zero");
    require(!job.checkpoints.levels.empty(), "there is a level of checkpoints");
    tally_.lost.resize(job.causes.size() + EnumNames<RunAccount>::names.size());
    tally_.strikes.resize(job.causes.size());
    levels_.resize(job.checkpoints.levels.size());
    if (job.planned.every > Seconds{}) {
        events_.put(job.planned.every, {.kind = RunEventKind::planned_stop});
    }
    for (const StepImbalance& one : job_.imbalances) {
        Draw draw = random_.next(RunPurpose::imbalance);
        if (draw.uniform() >= one.chance || !(one.slowdown > 1)) continue;
        imbalance_ *= 1 + draw.lognormal(one.slowdown - 1, one.variation);
    }
    blamed_ = account(RunAccount::start);
    Draw draw = random_.next(RunPurpose::recovery);
    add_phase(job.start, Badput::tpu_initialization, draw);
    set_speed();
    set_exposure();
}

std::size_t JobRun::account(RunAccount which) const {
    return job_.causes.size() + static_cast<std::size_t>(which);
}

RunTally JobRun::run() {
    const Seconds end = job_.horizon;
    while (now_ < end) {
        const Seconds due = events_.empty() ? end : min(end, events_.next());
        const Seconds fails = clocks_.next();
        advance(min(due, fails));
        if (now_ >= end) break;
        if (fails <= due) {
            strike(clocks_.take());
        } else {
            happen(events_.take().what);
        }
    }
    tally_.productive = work_;
    tally_.progress = progress_.samples();
    return std::move(tally_);
}

void JobRun::advance(Seconds to) {
    while (now_ < to) {
        WorkStretch stretch{now_, work_, period_left_};
        if (at_phase_ < phases_.size()) {
            pass_phase(to);
        } else if (saving_) {
            save(to);
        } else {
            stretch.speed = speed_;
            work(to);
        }
        progress_.pass(stretch, now_, work_);
    }
}

void JobRun::book(std::size_t account, Badput badput, Seconds time) {
    tally_.lost[account][static_cast<std::size_t>(badput)] += time;
}

void JobRun::book_work(Seconds time) {
    work_ += speed_ * time;
    for (const SpeedLoss& loss : losses_) book(loss.account, loss.badput, loss.share * time);
}

/// Past the last phase the job works again; what it did when it was interrupted goes on unless it
/// went back.
void JobRun::pass_phase(Seconds to) {
    RecoveryPhase& phase = phases_[at_phase_];
    const bool waits = phase.needs_servers && is_blocked();
    const Seconds room = to - now_;
    const bool ends = !waits && phase.left <= room;
    const Seconds time = ends ? phase.left : room;
    book(blamed_, phase.badput, time);
    tally_.down += time;
    if (waits) {
        tally_.without_servers += time;
    } else {
        phase.left = phase.left - time;
    }
    now_ = ends ? now_ + time : to;
    if (!ends) return;
    ++at_phase_;
    if (at_phase_ == phases_.size()) go_on();
}

void JobRun::go_on() {
    if (!rewound_) return;
    rewound_ = false;
    saving_ = false;
    period_left_ = job_.checkpoints.period;
}

void JobRun::work(Seconds to) {
    if (work_many(to)) return;
    const Seconds room = to - now_;
    const bool ends = period_left_ <= room;
    const Seconds time = ends ? period_left_ : room;
    book_work(time);
    now_ = ends ? now_ + time : to;
    period_left_ = period_left_ - time;
    if (ends) begin_save();
}

/// The period under way and all whole ones after it, with their checkpoints; false where not even
/// one more fits, or where levels differ from checkpoint to checkpoint.
bool JobRun::work_many(Seconds to) {
    const CheckpointScheme& scheme = job_.checkpoints;
    if (scheme.levels.size() != 1 || scheme.levels[0].every != 1) return false;
    const Seconds blocking = scheme.levels[0].blocking;
    const Seconds first = period_left_ + blocking;
    const Seconds cycle = scheme.period + blocking;
    const double more = std::floor((to - now_ - first) / cycle);
    if (!(more >= 1)) return false;
    book_work(period_left_ + more * scheme.period);
    book(account(RunAccount::checkpoints), Badput::checkpoint_save, (more + 1) * blocking);
    now_ = min(to, now_ + first + more * cycle);
    checkpoints_ += static_cast<std::uint64_t>(more) + 1;
    period_left_ = scheme.period;
    levels_[0] = {now_, work_, work_ - speed_ * scheme.period};
    return true;
}

void JobRun::begin_save() {
    saving_ = true;
    saving_left_ = {};
    for (const CheckpointLevel& level : job_.checkpoints.levels) {
        const auto every = static_cast<std::uint64_t>(level.every);
        if ((checkpoints_ + 1) % every == 0) saving_left_ += level.blocking;
    }
    if (saving_left_ == Seconds{}) end_save();
}

void JobRun::save(Seconds to) {
    const Seconds room = to - now_;
    const bool ends = saving_left_ <= room;
    const Seconds time = ends ? saving_left_ : room;
    book(account(RunAccount::checkpoints), Badput::checkpoint_save, time);
    now_ = ends ? now_ + time : to;
    saving_left_ = saving_left_ - time;
    if (ends) end_save();
}

void JobRun::end_save() {
    saving_ = false;
    ++checkpoints_;
    period_left_ = job_.checkpoints.period;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
        const auto every = static_cast<std::uint64_t>(job_.checkpoints.levels[i].every);
        if (checkpoints_ % every == 0) levels_[i] = {now_, work_, levels_[i].work};
    }
}

void JobRun::lose_speed(double share, std::size_t account, Badput badput) {
    if (!(share > 0)) return;
    const double lost = std::min(share, 1.0) * speed_;
    losses_.push_back({account, badput, lost});
    speed_ -= lost;
}

/// Heat and data take their part of all; replicas that are out of what is left, each cause by its
/// own; then the slowest worker holds up the rest.
void JobRun::set_speed() {
    speed_ = 1;
    losses_.clear();
    lose_speed(job_.derating, account(RunAccount::derating), Badput::other);
    lose_speed(job_.data_stall, account(RunAccount::data), Badput::data_loading_sync);
    lose_speed(1 - 1 / imbalance_, account(RunAccount::imbalance), Badput::other);
    const double whole = speed_;
    const double one = 1 - job_.missing_one.value_or(1 - 1 / static_cast<double>(job_.replicas));
    for (const std::size_t cause : out_) {
        if (speed_ > 0) lose_speed(one * whole / speed_, cause, Badput::other);
    }
    double slowest = 1;
    std::size_t who = 0;
    for (const RunEpisode& episode : slow_) {
        const double slowdown = job_.causes[episode.cause].slowdown;
        if (slowdown <= slowest) continue;
        slowest = slowdown;
        who = episode.cause;
    }
    lose_speed(1 - 1 / slowest, who, Badput::other);
}

RunTally run_job(const FleetJob& job, std::uint64_t seed, std::uint64_t replication) {
    return JobRun(job, seed, replication).run();
}

}  // namespace millwright
