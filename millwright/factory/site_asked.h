// Where a factory stands, and under whose name: one site of a scenario, looked up.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/base/quantity.h"
#include "millwright/money/cost.h"
#include "millwright/parts/site.h"
#include "millwright/rules/decide.h"

namespace millwright {

/// What the scenario says in place of the catalog stands beside the catalog's, so that reports can
/// tell them apart.
struct SiteAsked {
    std::string name;  // as the scenario calls it; that of the catalog where it says none
    std::string country;
    Site site;
    std::optional<EnergyPrice> energy;  // in place of the site's own
    std::optional<double> pue;          // total power over that of the equipment
    SiteCosts costs;
    Watts power_limit;                    // zero: none stated
    std::vector<std::int64_t> compounds;  // chips of each; empty: it is one
    Party buyer;                          // quantity aside
};

}  // namespace millwright
