// What was written of a job on a fleet, in types: names looked up, defaults filled in, all that
// cannot be told together.
#pragma once

#include <string>

#include "millwright/catalog/catalog.h"
#include "millwright/intake/goodput_text.h"
#include "millwright/reliability/fleet_job.h"

namespace millwright {

/// What becomes of the job at other rates of failures.
struct RateBand {
    double low = 0, high = 0;  // of 1,000 nodes of eight chips in a day
};

/// How the period of checkpoints is found.
enum class PeriodChoice { given, closed_form, simulated };

/// A job with what tells it in words.
struct GoodputInputs {
    std::string name;
    std::int64_t chips = 0;
    FleetJob job;
    PeriodChoice choice = PeriodChoice::closed_form;
    std::int64_t replications = 200;
    double until_width = 0;
    std::uint64_t seed = 1;
    std::optional<RateBand> band;    // of a fleet that is one
    std::vector<std::string> notes;  // what stood in for what was not written
};

/// The job of a file, of options, or of a file with options over it. Faults at the place of each:
/// those of reading; a number out of its range; no rate or more than one; no restart or no cost of
/// a checkpoint where the policy has them; a law that cannot be read; more spares than servers; a
/// restart or a checkpoint as long as the run; a checkpoint that is written for longer than its
/// period; more failures than can be simulated.
Result<GoodputInputs> goodput_inputs(const GoodputText& text, const Catalog& catalog);

/// Events that all replications may have together.
inline constexpr double most_run_events = 2e8;

}  // namespace millwright
