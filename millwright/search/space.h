// The space of plans: a list of values for each coordinate, and a number for every plan.
//
// Only values that divide exactly are listed: every divisor, up to 64 tensor and context ways,
// 128 stages and micro-batches of eight, unless pins say otherwise. A number is read in mixed radix
// over the lists, so a plan can be named, repeated and handed to another machine. Combinations
// that cannot run (too many chips, micro-batches that do not divide, layers that the framework
// does not split so) are holes in the numbering.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/parts/plan_pins.h"
#include "millwright/train/stages.h"

namespace millwright {

/// A schedule and virtual stages that it takes: they stand together in one list, as most pairs of
/// the two cannot be.
struct ScheduleChoice {
    Schedule schedule = Schedule::one_f_one_b;
    std::int64_t virtual_stages = 1;
};

/// What decides how much memory a plan takes, and not which ranks work together; in one list, as
/// not all of these go together either: no offload where the host has no memory.
struct MemoryChoice {
    Recompute recompute = Recompute::none;
    Sharding sharding = Sharding::zero_1;
    Offload offload = Offload::none;
};

/// The lists, and what combinations are tested against. Lists rise; one that is empty leaves no
/// plan.
struct PlanSpace {
    std::vector<std::int64_t> global_batch, tensor, context, expert, micro_batch, pipeline, data;
    std::vector<ScheduleChoice> schedules;
    std::vector<Schedule> kinds;  // the first of them that feeds one end of the pipeline, or both
    std::vector<MemoryChoice> memory;
    std::int64_t chips = 1;  // at most
    std::int64_t layers = 1;
    StageDivision division = StageDivision::layout;

    /// How many numbers there are, holes included: the product of the lengths of the lists.
    std::uint64_t numbers() const;
};

/// What a space is made for. The batch doubles from `global_batch` while it is no more than
/// `max_global_batch`; where that is less, or a batch of nothing is asked for, no plan is left.
struct SpaceLimits {
    std::int64_t chips = 1;
    std::int64_t global_batch = 1;  // sequences a step
    std::int64_t max_global_batch = 1;
    PlanPins pins;
};

/// A schedule or a pipeline that is pinned is taken as given, whether or not the framework has it.
/// Pinned values that cannot be are left out without a word; `pin_faults` tells them.
PlanSpace plan_space(const TrainContext& context, const SpaceLimits& limits);

/// The coordinates that shard costs depend on, and the batch; and the number of the first plan
/// that has them.
struct Branch {
    Plan plan;
    std::uint64_t first = 0;
};
/// All of them, in order of number, but for those none of whose plans has chips enough or a batch
/// that its micro-batches divide. Plans of one branch have numbers one after another.
std::vector<Branch> branches(const PlanSpace& space);

/// The plan of a number below `numbers()`; whether it can run is for `why_not` to say.
Plan plan_at(const PlanSpace& space, std::uint64_t number);

/// The number of a plan whose coordinates are all listed; throws otherwise.
std::uint64_t number_of(const PlanSpace& space, const Plan& plan);

/// "32 layers do not split into 5 x 2 chunks of whole layers", and what does in their place: other
/// virtual stages or another pipeline.
struct Unsplit {
    std::string why, instead;
};
Unsplit why_unsplit(const PlanSpace& space, std::int64_t pipeline, std::int64_t virtual_stages);

/// Why a plan cannot run whatever its memory: empty if it can.
std::string why_not(const PlanSpace& space, const Plan& plan);

/// How far a plan comes in the tests of `why_not`: more the later the first that it fails, most if
/// it passes all. For comparing plans only.
int tests_passed(const PlanSpace& space, const Plan& plan);

/// The same test without the words.
bool can_run(const PlanSpace& space, const Plan& plan);

/// Its parts: what pipeline and schedule alone decide, what the ways alone decide, and what
/// sharding adds; `fills_rounds` of the schedule is another.
bool can_be_scheduled(const PlanSpace& space, const Plan& plan);
bool can_be_placed(const PlanSpace& space, const Plan& plan);
bool can_be_sharded(const Plan& plan);

}  // namespace millwright
