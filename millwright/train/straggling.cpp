// A pass is compared with the mean of its direction. Workers and micro-batches are compared after
// the stage's factor is taken out, or a longer stage would look like a slow worker. To mend a
// cause its factor is divided out of all passes and the order is run again, so that what hides in
// the slack of the pipeline does not count.
#include "millwright/train/straggling.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/train/walk.h"

namespace millwright {
namespace {

/// Sum and number of some passes.
struct Mean {
    Seconds sum;
    double count = 0;

    void add(Seconds took) {
        sum += took;
        count += 1;
    }
    Seconds value() const { return sum / count; }
};

std::size_t place(std::int64_t value) { return static_cast<std::size_t>(value); }

/// The means by which passes are compared. A pass of a stage is long by the stage's factor, by the
/// worker's within its stage and by the micro-batch's.
class PassMeans {
public:
    explicit PassMeans(const TimedStep& step)
        : stages_(place(step.stages)),
          workers_(place(step.replicas * step.stages)),
          batches_(place(step.replicas * step.micro_batches)),
          step_(step) {
        for (const TimedPass& pass : step.passes) {
            all_[pass.backward].add(pass.took);
            stages_[place(pass.stage)][pass.backward].add(pass.took);
        }
        for (const TimedPass& pass : step.passes) {
            workers_[worker(pass)].add(pass.took / stage_factor(pass));
            batches_[batch(pass)].add(pass.took / stage_factor(pass));
        }
    }

    Seconds of_all(const TimedPass& pass) const { return all_[pass.backward].value(); }
    double stage_factor(const TimedPass& pass) const {
        return stages_[place(pass.stage)][pass.backward].value() / of_all(pass);
    }
    double worker_factor(const TimedPass& pass) const {
        return workers_[worker(pass)].value() / both();
    }
    double batch_factor(const TimedPass& pass) const {
        return batches_[batch(pass)].value() / both();
    }

private:
    std::size_t worker(const TimedPass& p) const {
        return place(p.replica * step_.stages + p.stage);
    }
    std::size_t batch(const TimedPass& p) const {
        return place(p.replica * step_.micro_batches + p.micro_batch);
    }
    /// There and back, as workers and micro-batches are looked at.
    Seconds both() const { return (all_[0].sum + all_[1].sum) / (all_[0].count + all_[1].count); }

    std::array<Mean, 2> all_;
    std::vector<std::array<Mean, 2>> stages_;
    std::vector<Mean> workers_, batches_;
    const TimedStep& step_;
};

/// Until the last replica is through, with passes as `length` has them.
template <class Length>
Seconds step_time(const TimedStep& step, Length&& length) {
    Plan plan;
    plan.schedule = Schedule::one_f_one_b;
    plan.pipeline = step.stages;
    plan.global_batch = step.micro_batches;
    Seconds longest;
    for (std::int64_t replica = 0; replica < step.replicas; ++replica) {
        const auto ranks = walk(plan, [&](std::int64_t rank, std::span<const Slot> turn) {
            const bool backward = turn.front().kind != TaskKind::forward;
            const std::int64_t at =
                (replica * step.stages + rank) * step.micro_batches + turn.front().micro_batch;
            return length(step.passes[place(2 * at + (backward ? 1 : 0))]);
        });
        for (const auto& slots : ranks) longest = max(longest, slots.back().end);
    }
    return longest;
}

StepStraggling straggling_of(const TimedStep& step) {
    require(std::ssize(step.passes) == 2 * step.replicas * step.stages * step.micro_batches,
            "a step has all its passes");
    const PassMeans means(step);
    StepStraggling out;
    out.took = step_time(step, [](const TimedPass& p) { return p.took; });
    out.even = step_time(step, [&](const TimedPass& p) { return means.of_all(p); });
    out.slowdown = out.took / out.even;
    const auto mend = [&](const char* name, double (PassMeans::*factor)(const TimedPass&) const) {
        const Seconds mended =
            step_time(step, [&](const TimedPass& p) { return p.took / (means.*factor)(p); });
        const Seconds longer = out.took - out.even;
        const double explained = longer > Seconds{} ? (out.took - mended) / longer : 0;
        out.causes.push_back({name, mended / out.even, explained});
    };
    mend("stages", &PassMeans::stage_factor);
    mend("workers", &PassMeans::worker_factor);
    mend("micro-batches", &PassMeans::batch_factor);
    return out;
}

}  // namespace

Straggling straggling_of(const std::vector<TimedStep>& steps) {
    require(!steps.empty(), "there is a step");
    Straggling all{.slowdown = 0};
    const double count = real(std::ssize(steps));
    for (const TimedStep& step : steps) {
        all.steps.push_back(straggling_of(step));
        const StepStraggling& one = all.steps.back();
        all.slowdown += std::max(1.0, one.slowdown) / count;
        all.causes.resize(one.causes.size());
        for (std::size_t i = 0; i < one.causes.size(); ++i) {
            all.causes[i].name = one.causes[i].name;
            all.causes[i].slowdown += (one.causes[i].slowdown - 1) / count;
            all.causes[i].explained += one.causes[i].explained / count;
        }
    }
    double squares = 0;
    for (const StepStraggling& one : all.steps) {
        const double off = std::max(1.0, one.slowdown) - all.slowdown;
        squares += off * off / count;
    }
    // one step in `count` that alone is held up deviates by the root of count - 1
    const double most = std::sqrt(count - 1);
    if (all.slowdown > 1) {
        all.variation = std::min(most, std::sqrt(squares) / (all.slowdown - 1));
    }
    return all;
}

}  // namespace millwright
