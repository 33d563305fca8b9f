// Which software a chip has on a day, and what stands in for what it lacks.
#pragma once

#include <vector>

#include "millwright/catalog/catalog.h"

namespace millwright {

/// Whether a release serves a chip at all: its family, or the chip itself. A chip that is no part
/// of the catalog has what its family has.
bool serves(const Catalog& catalog, const Software& software, const Chip& chip);

/// Releases that a chip has on `date`, that day included, in the order of the catalog: those of its
/// family, and its own. O(releases x families).
std::vector<const Software*> software_on(const Catalog& catalog, const Chip& chip,
                                         const Date& date);

/// What does the work of `wanted` on a chip and a day: itself, or the first of its fallbacks that
/// the chip has by then; null where it has none of them.
/// Fallbacks of a catalog end: reference_faults() refuses a circle.
const Software* software_for(const Catalog& catalog, const Software& wanted, const Chip& chip,
                             const Date& date);

}  // namespace millwright
