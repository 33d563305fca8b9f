// When a phase of a venture is built and ends, and what its equipment is worth in between.
#pragma once

#include <span>

#include "millwright/base/quantity.h"
#include "millwright/money/venture.h"

namespace millwright {

/// Months since the first order. Equipment is sold at the end of `sold`, the last month of its life
/// or of the horizon.
struct PhaseTimes {
    int ready = 0;    // built, and ageing
    int powered = 0;  // working
    int sold = 0;
    int life = 1;  // of the equipment, in months
};

/// Years in whole months, at least one.
int life_months(double years);

/// The venture's phases; where it has none, one of all in month 0.
std::span<const VenturePhase> phases_of(const Venture& venture);

PhaseTimes phase_times(const Venture& venture, const VenturePhase& phase);

/// Price in the month of the order.
Dollars equipment_paid(const Venture& venture, const VenturePhase& phase);

/// Not yet written off, and what it would sell for.
struct EquipmentValue {
    Dollars book, resale;
};

/// At the beginning of a month, which is not before that of the order.
EquipmentValue equipment_value(const Venture& venture, const VenturePhase& phase, int month);

}  // namespace millwright
