// Coordinates of a plan that whoever asks has fixed; what is not pinned is searched.
//
// Whether values can be had is not asked here: that hangs on the model and the system (`pin_faults`
// in millwright/search/search.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/parts/plan.h"

namespace millwright {

/// One value or a list, each taken as it stands, or a range, of which what can be is taken.
/// Values are one or more, in rising order and each once; `read_pins` leaves them so.
struct Pin {
    std::vector<std::int64_t> values;
    std::int64_t from = 0, to = 0;  // both included; zero: no range

    /// Whether anything is pinned.
    bool given() const { return !values.empty() || to > 0; }
};

/// A pin for each coordinate of a plan. What is not given is free.
struct PlanPins {
    Pin tensor, pipeline, data, context, expert, virtual_stages, micro_batch;
    std::vector<Schedule> schedule;  // all that can be, if empty
    std::vector<Recompute> recompute;
    std::vector<Sharding> sharding;
    std::vector<Offload> offload;
};

/// True if anything is pinned.
bool any(const PlanPins& pins);

/// Pins as written: "8", "1,2,4" or "1..8"; names for the last four. Empty texts pin nothing.
struct PinTexts {
    std::string tensor, pipeline, data, context, expert, virtual_stages, micro_batch;
    std::string schedule, recompute, sharding, offload;
};

/// Faults name the option, such as `--tensor`; a text that cannot be read pins nothing.
PlanPins read_pins(const PinTexts& texts, Faults& faults);
/// The same as one answer: all pins, or all faults.
Result<PlanPins> read_pins(const PinTexts& texts);

}  // namespace millwright
