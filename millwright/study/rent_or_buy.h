// Chips of a factory's own against chips rented by contract.
#pragma once

#include "millwright/money/returns.h"
#include "millwright/money/venture.h"

namespace millwright {

/// Months for which a contract fixes the rent of a chip: that of rentals in the catalog.
inline constexpr int rent_contract_months = 36;

/// The factory with so many chips against as many rented by contract for the months in which it
/// works. A contract is paid for every hour, used or not; its rent stands for
/// `rent_contract_months`, and each contract is made at the rents of its first month, which fall
/// from `hour` on the first day by `decline` a year and when the next generation comes. Both are
/// before tax and without what is sold; `break_even` is the first day's rent at which both cost
/// the same. The venture has no faults.
RentOrBuy rent_or_buy(const Venture& venture, double chips, Dollars hour, double decline);

}  // namespace millwright
