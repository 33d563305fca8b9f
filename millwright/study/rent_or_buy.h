// Chips of a factory's own against chips rented by the hour.
#pragma once

#include "millwright/money/returns.h"
#include "millwright/money/venture.h"

namespace millwright {

/// The factory with so many chips against renting as many hours as it would sell, month by month,
/// at `hour` on the first day; rents fall by `decline` a year and when the next generation comes.
/// Both are before tax and without what is sold; `break_even` is the first day's rent at which both
/// cost the same. The venture has no faults.
RentOrBuy rent_or_buy(const Venture& venture, double chips, Dollars hour, double decline);

}  // namespace millwright
