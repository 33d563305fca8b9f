// The way back from a failure: what is lost of the work, and the phases until it goes on.
#include <algorithm>

#include "millwright/reliability/job_run.h"

namespace millwright {

void JobRun::add_phase(const TimeLaw& law, Badput badput, Draw& draw) {
    const Seconds time = law.drawn(draw);
    if (time > Seconds{}) phases_.push_back({badput, time, false});
}

/// Replaces what was under way: a failure that strikes a recovery starts it anew. `quick`: by the
/// stall, in place of evicting and scheduling. A wrong diagnosis shows when the job starts and
/// fails again, so that all is done once more.
void JobRun::recover(std::size_t cause, bool rewinds, bool quick, const TimeLaw& load) {
    constexpr int most_mistakes = 100;
    const RecoveryPath& path = job_.path;
    Draw draw = random_.next(RunPurpose::recovery);
    phases_.clear();
    at_phase_ = 0;
    blamed_ = cause;
    const bool hangs = job_.causes[cause].kind == FailureKind::hang;
    const bool evicts = job_.causes[cause].servers > 0;
    for (int mistakes = 0;; ++mistakes) {
        add_phase(hangs ? path.hang : path.detect, Badput::infrastructure_recovery, draw);
        add_phase(path.decide, Badput::infrastructure_recovery, draw);
        if (!quick) add_phase(path.evict, Badput::infrastructure_recovery, draw);
        if (is_blocked()) phases_.push_back({.needs_servers = true});
        if (!quick && evicts && job_.pool) {
            add_phase(job_.pool->wait, Badput::infrastructure_recovery, draw);
        }
        add_phase(quick ? path.stall : path.reschedule, Badput::infrastructure_recovery, draw);
        if (rewinds) {
            add_phase(load, Badput::checkpoint_restore, draw);
            add_phase(path.warm_up, Badput::program_startup, draw);
        }
        const bool wrong = evicts && path.misdiagnosed > 0 && mistakes < most_mistakes &&
                           draw.uniform() < path.misdiagnosed;
        if (!wrong) break;
        send_to_repair(fleet_.lose_by_mistake());
        if (fleet_.replace() == SupplyKind::none) ++missing_;
    }
    rewound_ = rewound_ || rewinds;
    if (phases_.empty()) go_on();
}

/// The first level that outlives the loss and holds as much work as any that does.
std::size_t JobRun::surviving_level(std::int64_t servers) const {
    const std::vector<CheckpointLevel>& levels = job_.checkpoints.levels;
    std::size_t best = levels.size() - 1;
    for (std::size_t i = levels.size() - 1; i-- > 0;) {
        if (levels[i].survives < servers) continue;
        if (whole_work(levels_[i], levels[i]) >= whole_work(levels_[best], levels[best])) best = i;
    }
    return best;
}

/// Work of the last checkpoint that was written to its end.
Seconds JobRun::whole_work(const LevelState& state, const CheckpointLevel& level) const {
    return now_ - state.saved_at >= level.writing ? state.work : state.work_before;
}

/// What was done since is lost, and checkpoints of it with it.
void JobRun::rewind_to(Seconds work, std::size_t cause) {
    book(cause, Badput::wasted_progress, work_ - work);
    work_ = work;
    progress_.rewind(work);
    for (LevelState& state : levels_) {
        if (state.work > work) state.work = work;
        if (state.work_before > work) state.work_before = work;
    }
    std::erase_if(silent_, [&](const RunEpisode& episode) { return episode.began >= work; });
}

}  // namespace millwright
