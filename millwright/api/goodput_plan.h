// A job of goodput whose plan is known: what stands in by it for what was not written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/api/plan.h"
#include "millwright/intake/goodput_text.h"

namespace millwright {

/// What the best plan of a model on the job's chips says of it.
struct PlannedJob {
    std::string model, server;
    std::string plan, shortly;  // in words
    Watts power_cap;            // of each chip; zero: its own limit
    double slower = 0;          // share by which a step is longer for the cap
    Watts swing;                // of its servers at full load: what a stop takes away at most
    std::int64_t chips = 0;     // that the plan uses, of those of the job
    Seconds step;               // without failures
    double tokens_per_s = 0;    // likewise, of all chips
    Bytes checkpoint;           // of the whole model
    Bandwidth storage;          // at which all chips together write it
    Dollars chip_hour;          // given, or of the chip's cost at the site `priced_at`
};

/// Plans the job and writes into `text` what it leaves out: chips of a server, of a rack that is
/// one and of a leaf; the fleet of the chip where no rate is given, and its restart and stall; the
/// cost, the writing and the loading of a checkpoint, by the weights and states of the model, the
/// links to the hosts and the bandwidth of storage. Each is told in `notes`. The job is then on the
/// chips that its plan uses. Faults: those of `plan` at the place of the name; a model without a
/// server or the other way; no chips; a plan that does not fit; a power cap that is above the
/// chip's own limit, or of a chip whose limit is not known.
Result<PlannedJob> plan_goodput(GoodputText& text, std::vector<std::string>& notes,
                                const Setting& setting);

}  // namespace millwright
