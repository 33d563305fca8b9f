// The main question: every job of a scenario on every factory of it, ranked.
#pragma once

#include <memory>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/intake/text.h"
#include "millwright/study/study.h"
#include "millwright/train/timeline.h"

namespace millwright {

/// A scenario as read, whose places faults carry.
struct RunQuestion {
    ScenarioText scenario;
    bool large_flows = false;  // steps of many flows by flows too, which takes minutes
    bool optimistic = false;   // rank chips never measured as predicted
};

/// A step drawn: tasks of its stages, and one layer of each kind. The title says where and what,
/// and if micro-batches were left out. Without tasks there is nothing to draw, as the title then
/// says.
struct DrawnStep {
    std::string title;
    std::vector<Task> tasks;
    std::vector<LayerTask> layers;
};

/// What was asked, resolved; what was found; and the step to draw.
struct RunAnswer {
    std::shared_ptr<const Catalog> catalog;  // with the scenario's overrides
    Scenario scenario;
    Study study;
    // of the first job with a step that can be done, best-ranked factory first; may be none
    DrawnStep best;
};

/// Faults are those of the scenario, all at once.
Result<RunAnswer> run(const RunQuestion& question, const Setting& setting);

}  // namespace millwright
