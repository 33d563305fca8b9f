// A simulation by events: runs enter lines and leave stages, each stage serves one at a time, and
// a stage takes the next in line before the run that leaves goes on. Verdicts are numbered by run
// and order, not by time, so a faster factory meets the same ones. Tallies are cut at the end of
// the days though runs go on, and are put down when a run leaves a stage.
#include "millwright/loop/run_line.h"

#include <algorithm>
#include <deque>

#include "millwright/base/require.h"
#include "millwright/loop/loop_streams.h"
#include "millwright/sim/events.h"

namespace millwright {
namespace {

enum class RunStage : std::uint8_t { training, evaluation, release };

/// Either the run stands in line for a stage, or it leaves the stage.
struct RunMove {
    std::size_t run = 0;
    RunStage stage = RunStage::training;
    bool leaves = false;
};

struct RunServer {
    std::deque<std::size_t> line;
    bool busy = false;
    std::int64_t there = 0;
};

/// A run on its way.
struct RunState {
    Seconds entered, started, service;
    bool released = false, passed = false;
    std::uint64_t verdicts = 0;
};

/// The part of a span of time that lies in another, in days.
double days_within(Seconds from, Seconds to, Seconds begin, Seconds end) {
    const Seconds part = min(to, end) - max(from, begin);
    return part > Seconds{} ? part.in(unit::day) : 0;
}

class RunLine {
public:
    RunLine(const DataLoop& loop, const std::vector<GatheredRun>& runs, RandomStream verdicts)
        : loop_(loop), end_(static_cast<double>(loop.days) * unit::day), verdicts_(verdicts) {
        states_.resize(runs.size());
        done_.runs.resize(runs.size());
        for (std::size_t i = 0; i < runs.size(); ++i) {
            events_.put(static_cast<double>(runs[i].ready) * unit::day,
                        {i, RunStage::training, false});
        }
    }

    ReleasedRuns run();

private:
    StageTally& tally(RunStage stage) { return done_.stages[static_cast<std::size_t>(stage)]; }
    RunServer& server(RunStage stage) { return servers_[static_cast<std::size_t>(stage)]; }
    bool comes_true(std::size_t run, double chance);
    Seconds service(std::size_t run, RunStage stage);
    void enter(std::size_t run, RunStage stage);
    void start(RunStage stage);
    void leave(std::size_t run, RunStage stage);
    void go_on(std::size_t run, RunStage stage);
    void count(const RunState& state, RunStage stage);

    const DataLoop& loop_;
    Seconds end_, now_;
    RandomStream verdicts_;
    EventQueue<RunMove> events_;
    std::array<RunServer, run_stage_count> servers_;
    std::vector<RunState> states_;
    ReleasedRuns done_;
};

bool RunLine::comes_true(std::size_t run, double chance) {
    constexpr unsigned bits = 24;  // of verdicts on one run
    const std::uint64_t number = states_[run].verdicts++;
    require(number < (std::uint64_t{1} << bits), "a run is released after so many verdicts");
    return verdicts_.at((static_cast<std::uint64_t>(run) << bits) | number).uniform() < chance;
}

/// Of the run that starts now, with what will come of it.
Seconds RunLine::service(std::size_t run, RunStage stage) {
    ReleasedRun& counts = done_.runs[run];
    RunState& state = states_[run];
    if (stage == RunStage::training) {
        return training_time(loop_.training, counts.trainings++ > 0);
    }
    if (stage == RunStage::evaluation) {
        ++counts.evaluations;
        state.passed = comes_true(run, loop_.evaluation.pass);
        return loop_.evaluation.takes;
    }
    ++counts.rollouts;
    Seconds takes;
    state.released = true;
    for (const ReleaseStage& part : loop_.release) {
        takes += part.soak;
        state.released = !comes_true(run, part.rollback);
        if (!state.released) break;
    }
    return takes;
}

void RunLine::enter(std::size_t run, RunStage stage) {
    states_[run].entered = now_;
    RunServer& s = server(stage);
    s.line.push_back(run);
    ++s.there;
    if (now_ <= end_) {
        ++tally(stage).in;
        tally(stage).most = std::max(tally(stage).most, s.there);
    }
    if (!s.busy) start(stage);
}

void RunLine::start(RunStage stage) {
    RunServer& s = server(stage);
    if (s.line.empty()) return;
    const std::size_t run = s.line.front();
    s.line.pop_front();
    s.busy = true;
    RunState& state = states_[run];
    state.started = now_;
    state.service = service(run, stage);
    events_.put(now_ + state.service, {run, stage, true});
}

/// What the trip through a stage that ends now adds to its tally.
void RunLine::count(const RunState& state, RunStage stage) {
    StageTally& t = tally(stage);
    const Seconds half = end_ / 2, quarter = end_ * 0.75;
    const double there = days_within(state.entered, now_, Seconds{}, end_);
    t.area += there;
    t.third += days_within(state.entered, now_, half, quarter);
    t.fourth += days_within(state.entered, now_, quarter, end_);
    t.busy += days_within(state.started, now_, Seconds{}, end_);
    if (state.entered <= end_) {
        t.offered += state.service.in(unit::day);
        if (state.entered >= half) t.late_offered += state.service.in(unit::day);
        if (now_ <= end_) {
            ++t.out;
            t.stayed += (now_ - state.entered).in(unit::day);
            if (stage == RunStage::evaluation) ++done_.evaluations;
        } else {
            ++t.left;
            t.staying += there;
        }
    }
}

void RunLine::leave(std::size_t run, RunStage stage) {
    const RunState& state = states_[run];
    ReleasedRun& times = done_.runs[run];
    times.waited[static_cast<std::size_t>(stage)] += state.started - state.entered;
    times.worked[static_cast<std::size_t>(stage)] += now_ - state.started;
    count(state, stage);
    --server(stage).there;
    server(stage).busy = false;
    start(stage);
    go_on(run, stage);
}

void RunLine::go_on(std::size_t run, RunStage stage) {
    const RunState& state = states_[run];
    if (stage == RunStage::training) return enter(run, RunStage::evaluation);
    if (stage == RunStage::evaluation) {
        return enter(run, state.passed ? RunStage::release : RunStage::training);
    }
    if (!state.released) return enter(run, RunStage::training);
    done_.runs[run].released = now_;
}

ReleasedRuns RunLine::run() {
    while (!events_.empty()) {
        const auto event = events_.take();
        now_ = event.at;
        if (event.what.leaves) {
            leave(event.what.run, event.what.stage);
        } else {
            enter(event.what.run, event.what.stage);
        }
    }
    for (StageTally& t : done_.stages) {
        t.capacity = end_.in(unit::day);
        t.late_capacity = t.capacity / 2;
    }
    return std::move(done_);
}

}  // namespace

ReleasedRuns release_runs(const DataLoop& loop, const std::vector<GatheredRun>& runs,
                          std::uint64_t seed, std::uint64_t replication) {
    return RunLine(loop, runs, stream_of(LoopDraw::verdicts, seed, replication)).run();
}

}  // namespace millwright
