// The question of a lawful frontier, resolved: every name looked up.
#pragma once

#include "millwright/factory/factory.h"
#include "millwright/intake/frontier_text.h"

namespace millwright {

/// One buyer, resolved to a scenario without factories, its date that of the first month.
struct FrontierParty {
    std::string name;
    Scenario scenario;
};

/// What is asked, ready to walk: `months` from the first to the last, `parties` as written.
struct Frontier {
    std::string name;
    std::vector<Date> months;  // first days
    Dollars budget;            // zero: none stated
    Watts power_limit;
    FabricSource fabric;
    std::vector<FrontierParty> parties;
};

/// Looks every name up; all faults at once. The one job of the file goes to every party.
Result<Frontier> resolve(const FrontierText& text, const Catalog& catalog);

}  // namespace millwright
