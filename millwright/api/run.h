// The main question: every job of a scenario on every factory of it, ranked.
#pragma once

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/intake/text.h"
#include "millwright/study/study.h"
#include "millwright/train/timeline.h"

namespace millwright {

struct RunQuestion {
    ScenarioText scenario;
    bool large_flows = false;  // steps of many flows by flows too, which takes minutes
};

/// A step drawn: tasks of its stages, and one layer of each kind.
struct DrawnStep {
    std::string title;
    std::vector<Task> tasks;
    std::vector<LayerTask> layers;
};

struct RunAnswer {
    Scenario scenario;
    Study study;
    DrawnStep
        best;  // of the first job with a step that the best-ranked factory can do; may be none
};

/// Faults are those of the scenario, all at once.
Result<RunAnswer> run(const RunQuestion& question, const Setting& setting);

}  // namespace millwright
