// How much of the time does a job work on machines that fail?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/api/goodput_inputs.h"
#include "millwright/api/goodput_plan.h"
#include "millwright/api/goodput_steps.h"
#include "millwright/api/setting.h"
#include "millwright/reliability/simulate.h"

namespace millwright {

/// What was written, of a file or of options; each value with its place.
struct GoodputQuestion {
    GoodputText text;
};

/// What the job would do if one thing were better, all else equal.
struct GoodputLever {
    std::string what;
    double useful_share = 0;
};

/// What time is worth: tokens where the job is planned, dollars where an hour has a price.
struct GoodputWorth {
    double tokens = 0, tokens_lost = 0;  // trained, and that would be if nothing were lost
    Dollars spent, lost;                 // on all of the horizon, and on no work that counts
    Bytes written_a_day;                 // to storage, at the period that was simulated
};

struct GoodputAnswer {
    GoodputInputs inputs;
    std::optional<PlannedJob> planned;
    std::optional<Straggling> steps;     // of a table of timed passes
    std::optional<GoodputWorth> worth;   // where it is planned, or an hour of a chip has a price
    std::optional<double> closed_share;  // none: docs/goodput.md says which jobs have one
    Seconds best_period;                 // by the choice, or by the closed form where it is given
    bool finite_period = true;           // false: no work is lost, so that no checkpoint pays
    Seconds mttf;                        // zero where nothing fails
    double first_order_share = 0;        // of Young and Daly, for comparison
    SimulatedJob simulated;
    std::vector<GoodputLever> levers;
    std::vector<GoodputLever> band;  // useful shares at both ends, of a fleet that is a band
};

/// Faults: those of `add_timed_steps`, `plan_goodput` and `goodput_inputs`. Replications run on the
/// setting's threads, and come out the same for any number of them.
Result<GoodputAnswer> goodput(const GoodputQuestion& question, const Setting& setting);

}  // namespace millwright
