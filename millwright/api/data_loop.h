// How long is the loop from a fleet's data to a model on it, what waits where, what does it cost?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/intake/loop_text.h"
#include "millwright/loop/loop_figures.h"

namespace millwright {

/// A file as it was read, with its faults.
struct DataLoopQuestion {
    DataLoopText text;
};

/// An assumption of the file, worked out: value = now x ((so far + used) / so far)^exponent.
struct LoopValue {
    std::string measure;
    double now = 0, then = 0;  // on the first day, and with all that the fleet has by the last
    double exponent = 0, events_so_far = 0;
};

struct DataLoopAnswer {
    std::string name;  // empty where the file gives none
    DataLoop loop;
    LoopFigures figures;
    std::string chip;            // that trains; empty where none is named
    double chips_an_eflops = 0;  // chips that 1e18 operations a second take, dense; zero: no chip
    Bytes raw_a_day, triggered_a_day, kept_a_day;  // raw is zero where nothing says it
    Ledger<Dollars> cost;                          // over the days, of a mean replication
    FlopRate asked;
    std::optional<Seconds> wanted;
    std::optional<FlopRate> needed;  // for it; none: no compute is enough, or nothing is wanted
    std::optional<LoopValue> value;
    std::vector<std::string> notes;  // what stood in for what was not said
};

/// Faults: those of the file; names that the catalog lacks; triggers, chips, runs and trials said
/// twice or by half; more events in a day than `most_events_a_day`, or days of all replications
/// than two million; a run longer than a century, or one that seldom passes.
Result<DataLoopAnswer> data_loop(const DataLoopQuestion& question, const Setting& setting);

}  // namespace millwright
