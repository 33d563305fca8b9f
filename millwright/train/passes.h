// What a rank does in a step, told once: the closed form, the timeline, the step by flows and the
// exported trace consume it, and laws tie them (tests/law/step_law_test.cpp).
#pragma once

#include "millwright/train/schedule.h"
#include "millwright/train/stages.h"

namespace millwright {

/// One micro-batch through all that a stage holds: its layers, again what recompute repeats, the
/// embedding first, and the head last, once more for each layer of multi-token prediction.
Passes passes_of(const TrainContext& context, const ShardCosts& costs, const Stage& stage,
                 Recompute recompute);

/// A pass that goes on beside one the other way: its exchanges with experts hide behind the
/// other's work as far as that reaches.
Pass beside(const TrainAssumptions& assume, const Pass& pass, const Pass& other);

/// What a rank does in a turn of its order; `stages` has the passes of every stage, in order. With
/// the weight gradient of a pass left out where that is a slot of its own.
Pass turn_pass(const TrainAssumptions& assume, const Plan& plan, const std::vector<Passes>& stages,
               std::int64_t rank, std::span<const Slot> turn);

/// Passes of every stage, in order.
std::vector<Passes> all_passes(const TrainContext& context, const Plan& plan,
                               const ShardCosts& costs);

/// What each rank holds: a stage, or where both ends are fed two as one. `stages` as `stages_of`
/// has them.
Stages rank_stages(const Plan& plan, const Stages& stages);

/// Turns of gathering weights and reducing gradients: all that a rank holds, once each.
struct DataTurns {
    double gathers = 0, reductions = 0;
};

/// Of a step. With ZeRO-1 each happens once, with ZeRO-2 the reduction and with ZeRO-3 the
/// gathering (twice) too for every micro-batch.
DataTurns data_turns(const Plan& plan);

/// Where each slot of a rank's order takes part of them, so that those of all slots add up to what
/// a step has. What is waited for stands beside the slots it belongs to in `spread` plans, else
/// before the first and after the last, as the closed form counts it.
struct DataPlan {
    bool spread = false;
    DataTurns all;
    std::vector<DataTurns> of_slot;
};
DataPlan data_plan(const Plan& plan, const std::vector<Slot>& order);

/// Of so many slots from `at` on.
DataTurns data_of_turn(const DataPlan& data, std::size_t at, std::size_t slots);

}  // namespace millwright
