// What is told of one training plan, by whichever question it was found.
#pragma once

#include "millwright/catalog/bands.h"
#include "millwright/train/step.h"

namespace millwright {

struct PlanFigures {
    Ledger<Seconds> step;
    Seconds low, high;            // four in five measured steps would lie between, in either
                                  // state of the cluster where one in ten jobs meets the other
    double mfu = 0;               // of the dense BF16 peak, whatever the precision
    double mfu_of_precision = 0;  // of the dense peak of the job's own precision
    double achieved_tflops = 0;   // useful FLOPs a second and chip
    double tokens_per_chip = 0;   // a second
    Ledger<Bytes> memory;
    Bytes usable;
    bool fits = false;
    double stalled_odds = 0;  // share of jobs that meet a stalled cluster; zero: none can
    Seconds other_step;       // in the less likely of the two states; the step where there is one
};

/// `band`: factors on the step, low and high.
PlanFigures plan_figures(const TrainContext& context, const Plan& plan, const Interval& band);

/// The factors: learnt from the framework's residuals, wider for chips not measured and for what
/// lies beyond their sequences and scales. `plan` says how many chips.
Interval step_band(const Catalog& catalog, const Framework& framework, const TrainContext& context,
                   const Chip& chip, const Plan& plan);

}  // namespace millwright
