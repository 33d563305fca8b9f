// Causes of failures as written: rates in their forms, radii in servers.
#pragma once

#include <vector>

#include "millwright/catalog/catalog.h"
#include "millwright/intake/goodput_text.h"
#include "millwright/reliability/fleet_causes.h"

namespace millwright {

/// What fails, and how unlike servers are.
struct GoodputCauses {
    std::vector<FailureCause> causes;
    LemonMixture lemons;
    const MeasuredFleet* fleet = nullptr;  // of the catalog, if one was named
    bool own_rate = false;                 // the fleet's rate stands
};

/// What a job of so many chips is made of.
struct JobSize {
    std::int64_t chips = 1;
    BlastSizes blasts;
};

/// The causes of [[cause]], those of a fleet, or one by [failures]. Faults: no rate, more than one,
/// one without its unit; a fleet that the catalog lacks; a slow cause without slow-down; a law
/// without its shape.
Result<GoodputCauses> goodput_causes(const GoodputText& text, const JobSize& size,
                                     const Catalog& catalog);

}  // namespace millwright
