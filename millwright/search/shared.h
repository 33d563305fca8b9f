// The parts of a step that plans share, made once: a search's factored evaluation.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "millwright/train/step.h"

namespace millwright {

/// Of one sharding and pipeline, what differs between schedules that feed one end of the pipeline
/// and those that feed both.
struct SharedByKind {
    /// `stages` of the model, which must stay where they are.
    SharedByKind(const Plan& plan, const Stages& stages);

    Stages paired;        // of the ranks, where these hold two
    const Stages* ranks;  // these, or the model's
    std::array<std::vector<RankLoad>, EnumNames<Recompute>::names.size()> loads;
    std::array<std::optional<PipelineTime>, EnumNames<Recompute>::names.size()> pipelines;

    // of the data ways at hand:
    std::array<std::optional<DataTime>, EnumNames<Sharding>::names.size()> data;
    std::vector<double> in_flight;  // micro-batches, of the last schedule
    Schedule schedule = Schedule::one_f_one_b;
    std::int64_t virtual_stages = 0;
};

/// What plans of one sharding and pipeline share, made when first asked for: the parts of a step
/// depend on few of a plan's coordinates. Gives what `evaluate` gives, bit for bit. Every plan that
/// is asked about has the ways of `costs` and the pipeline of `stages`; both are referred to and
/// must outlive it. Not for several threads at once.
class Shared {
public:
    Shared(const TrainContext& context, const ShardCosts& costs, const Stages& stages);

    /// To be called when data ways change: what hangs on them, or on the micro-batches that they
    /// leave, is made again. Stages, loads and bubbles stay.
    void forget_data();

    /// Memory of a step on the fullest rank.
    StepMemory memory(const Plan& plan);

    /// What the stages do by themselves: the step is never shorter, to the last bit.
    Seconds bound(const Plan& plan);

    /// The same without bubble and recompute: no recompute of these ways is shorter, and no
    /// schedule that feeds as many ends of the pipeline as one of `kinds`.
    Seconds floor(const Plan& plan, const std::vector<Schedule>& kinds);

    /// Time of a step; `memory` is the plan's own.
    Seconds step(const Plan& plan, Bytes memory);

private:
    /// Bubble of the last plan of a recompute; sharding and offload have no say in it.
    struct Bubble {
        Schedule schedule = Schedule::one_f_one_b;
        std::int64_t virtual_stages = 0, micro_batches = 0;
        Seconds time;
    };

    SharedByKind& held(const Plan& plan);
    const std::vector<RankLoad>& loads(const Plan& plan, SharedByKind& all);
    const PipelineTime& pipeline(const Plan& plan, SharedByKind& all);
    Seconds bubble(const Plan& plan, const PipelineTime& stages);

    const TrainContext& context_;
    const ShardCosts& costs_;
    const Stages& stages_;  // of the model
    std::array<std::optional<SharedByKind>, 2> held_;
    std::array<Bubble, EnumNames<Recompute>::names.size()> bubbles_;
};

}  // namespace millwright
