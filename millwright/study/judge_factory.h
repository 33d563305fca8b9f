// The rule verdict of one factory of a scenario, and what it adds to the bill.
#pragma once

#include "millwright/factory/factory.h"
#include "millwright/rules/verdict.h"

namespace millwright {

/// On the scenario's date, with all that is known, of all chips of the factory at once.
Verdict judge_factory(const Scenario& scenario, const Factory& factory);

/// Tariff of the lane, or reported revenue share, on the chips of one server.
/// Dollars a server, as BillOfMaterials::import_charge; ratios of several charges add up.
Dollars import_charge(const Catalog& catalog, const Factory& factory, const Verdict& verdict);

}  // namespace millwright
