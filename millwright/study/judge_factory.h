// The rule verdict of one factory of a scenario, and what it adds to the bill.
#pragma once

#include "millwright/factory/factory.h"
#include "millwright/rules/verdict.h"

namespace millwright {

Verdict judge_factory(const Scenario& scenario, const Factory& factory);

/// Tariff of the lane, or reported revenue share, on the chips of one server.
Dollars import_charge(const Catalog& catalog, const Factory& factory, const Verdict& verdict);

}  // namespace millwright
