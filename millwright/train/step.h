// One training step of a plan: time, memory and what each is made of.
//
// Pipeline of p stages, M micro-batches, stage times t_s (forward, backward, recompute and exposed
// layer communication), slowest t_max:
//     step = M t_max + bubble + exposed pipeline, data and context communication + optimizer
//     bubble: of the schedule (millwright/train/schedule.h and the sources of its rows); for like
//     stages, and as many micro-batches as stages or more,
//             1F1B         sum(t_s) - t_max                          (Narayanan 2021)
//             interleaved  the same / v
//             zero-bubble  sum over other stages of t_s - 2 w_s      (ZB-H1, Qi 2024)
//             dualpipe     (p/2 - 1)(F&B + B - 3W)                   (DeepSeek-V3 2024)
// Memory is that of the fullest stage (Korthikanti 2023, Rajbhandari 2020).
#pragma once

#include "millwright/base/ledger.h"
#include "millwright/train/passes.h"

namespace millwright {

/// A step's seconds on the slowest rank, by what they go to; all but `total` add up to it.
struct StepTimes {
    BlockTimes compute{};
    Seconds recompute, bubble, optimizer;
    Seconds offload;  // waits for what crosses the host link and for the host's update
    Seconds host;     // waits for the host: launches of layers and work outside them
    Seconds jitter;   // waits for the slowest of all chips
    Seconds tensor, context, expert, pipeline, data;  // exposed communication
    Seconds total;
};

/// Of one chip, that of the fullest rank.
struct StepMemory {
    Bytes weights, gradients, optimizer, activations, buffers, reserve;
    Bytes total;
    // not part of `total`:
    Bytes queued;  // gathered for products that wait in the chip's queue, while there is room
    Bytes host;    // kept in the host's memory: the most of any rank
};

/// A state that a cluster may be in (StateFigures): what a step waits in it, and the share of jobs
/// that meet it. No wait: the plan has one state alone.
struct StalledState {
    Seconds wait;
    double odds = 0;

    bool likelier() const { return odds > 0.5; }
};

/// What a job shows in one state of its cluster.
struct StateFound {
    Seconds total;   // of a step
    Bytes resident;  // most in use: what is queued too, but where the chip waits for its host
};

/// What `evaluate` finds of a plan. `times` are of the likelier state; `memory` is what a plan must
/// have room for.
struct Step {
    StepTimes times;
    StepMemory memory;
    Bytes usable;       // capacity a plan may fill
    bool fits = false;  // in the chip's memory and in the host's
    StalledState stalled;
    StateFound likelier, other;  // alike where there is one state
};

/// Of a pipeline across scale-up domains: each micro-batch waits for the neighbours of a stage in
/// the middle, and half a wait for each stage between the ends to fill and drain it.
StalledState stalled_state(const TrainContext& context, const Plan& plan);

/// What plans of one sharding, pipeline and recompute share, and of one kind of schedule: those
/// that feed one end of the pipeline, or both.
struct PipelineTime {
    Pass slowest;        // of all ranks, a micro-batch there and back
    Weights heaviest;    // of what a rank holds
    double layers = 1;   // most that a rank takes a micro-batch through
    Bytes saved;         // activations of one micro-batch on the fullest rank
    StagePasses passes;  // of one micro-batch, stage by stage
};

/// What plans of one sharding, pipeline, data ways and sharding of states share: one pass over
/// the weights of a rank, the optimizer's work, and one pipeline message.
struct DataTime {
    Seconds reduce, gather, optimizer, message;
    Seconds tensor_start;  // of a layer's exchanges of tensor ranks, there and back, without bytes
};

/// Of the plan its ways, sharding and batch are read; `heaviest` are the weights of the rank that
/// has most.
DataTime data_time(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                   const Weights& heaviest);

/// What a rank of a class keeps, of plans of one sharding, pipeline and recompute and one kind of
/// schedule.
struct RankLoad {
    Weights weights;    // of both stages, where it holds two
    double layers = 1;  // that these are of
    Bytes saved;        // by the layers for one micro-batch
    Bytes largest;      // by one layer that recomputes nothing
    Bytes again;        // by the layer that is being recomputed
    Bytes head;         // by the heads, once
    Bytes unpacked;     // of packed weights, while they are used
};

/// Of the plan its schedule and recompute are read; `loads` are those of its ranks.
PipelineTime pipeline_time(const TrainContext& context, const ShardCosts& costs,
                           const Stages& stages, const Plan& plan,
                           const std::vector<RankLoad>& loads);
PipelineTime pipeline_time(const TrainContext& context, const ShardCosts& costs,
                           const Stages& stages, const Plan& plan);

/// Class by class; `ranks` as `rank_stages` has them.
std::vector<RankLoad> rank_loads(const TrainContext& context, const ShardCosts& costs,
                                 const Stages& ranks, Recompute recompute);

/// Micro-batches whose activations a rank holds at once, class by class, of all that it holds:
/// where that is two stages, each goes through one of them. By schedule and micro-batches.
std::vector<double> in_flight(const Plan& plan, const Stages& ranks);

/// Messages of a pipeline that are waited for: among its steady passes; and all, with those of its
/// filling and draining.
double steady_messages_of(const TrainAssumptions& assume, const Plan& plan);
double exposed_messages_of(const TrainAssumptions& assume, const Plan& plan);

/// Ranks that hold the same weights, and of them those that share their states.
struct Replicas {
    double all = 1, sharing = 1;
};
/// Of all weights but those of routed experts, and of these: an expert's are on fewer ranks, as
/// expert ways spread over data and context ranks too.
Replicas dense_replicas(const Plan& plan);
Replicas routed_replicas(const Plan& plan);

/// A checkpoint of all that is trained: weights and states of the optimizer, once each. The plan
/// does not matter. Precondition: of frozen weights the adapters are known.
Bytes checkpoint_bytes(const TrainContext& context);

/// Memory alone, cheap enough to bound a search; `loads` and `in_flight` are those of the plan.
StepMemory step_memory(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                       const std::vector<RankLoad>& loads, const std::vector<double>& in_flight);

/// Waits of the slowest rank for others: of a plan's schedule and its micro-batches. More of these
/// than its `settled` plan has make no difference.
Seconds bubble_time(const Plan& plan, const PipelineTime& pipeline);

/// What stages compute and wait for by themselves: a step is never shorter.
Seconds busy_time(const Plan& plan, const PipelineTime& pipeline, Seconds bubble);

/// Time alone, from the parts that it shares with other plans. `memory` is the plan's own: where
/// a framework's allocator stalls beyond a share of the chip's, the step waits for it.
StepTimes step_times(const TrainContext& context, const Plan& plan, const PipelineTime& pipeline,
                     const DataTime& data, Seconds bubble, Bytes memory);

/// Time and memory; `costs` and `stages` are those of this plan. `plan` must divide the batch and
/// the layers must fill the stages.
Step evaluate(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
              const Stages& stages);
Step evaluate(const TrainContext& context, const Plan& plan);

/// The parts by name, for reports.
Ledger<Seconds> time_ledger(const StepTimes& times);
Ledger<Bytes> memory_ledger(const StepMemory& memory);

/// Model FLOPs utilisation: useful FLOPs of the step (`useful_flops_per_token`) over the dense BF16
/// peak of the chips used.
double model_flops_utilisation(const TrainContext& context, const Plan& plan, Seconds step);

}  // namespace millwright
