// One training step as a timeline: what each pipeline stage does when.
//
// Ranks work in the order of the plan's schedule (millwright/train/walk.h); passes that go on
// beside each other are drawn one after the other. Exposed data communication and messages, the
// optimizer and what else a step waits for (host, slowest chip) stand after the last pass.
// Symmetric ranks share a row.
#pragma once

#include <string>
#include <vector>

#include "millwright/train/schedule.h"
#include "millwright/train/step.h"

namespace millwright {

/// A box of the timeline. Of tasks after the last pass micro-batch and chunk are zero.
struct Task {
    TaskKind kind = TaskKind::forward;
    std::int64_t stage = 0;
    std::int64_t micro_batch = 0;
    std::int64_t chunk = 0;  // of this stage: a virtual stage, or the end that it came from
    Seconds start, duration;
};

/// All tasks of a step, in order of stage and start.
std::vector<Task> timeline(const TrainContext& context, const Plan& plan);

/// The plan with fewer micro-batches if its step has more than `most` tasks, so that a timeline
/// can be drawn; pipelines still go full rounds.
Plan shortened(const Plan& plan, std::int64_t most);

/// One operation or exposed communication of a layer, forward, for one micro-batch.
struct LayerTask {
    std::string layer;  // "dense layer", "layer with experts, windowed", ...
    std::string name;
    Seconds start, duration;
};

/// What one layer of each kind the model has does in its forward pass, in order.
std::vector<LayerTask> layer_timeline(const TrainContext& context, const Plan& plan);

}  // namespace millwright
