// Which software a chip has on a day, and what stands in for what it lacks.
#pragma once

#include <string_view>
#include <vector>

#include "millwright/catalog/catalog.h"

namespace millwright {

/// Releases that a kernel family has on `date`, that day included, in the order of the catalog.
/// `family` is any name of a part of data/kernels; none for a name that is not there. Releases for
/// single chips of the family are left out. O(releases x families).
std::vector<const Software*> software_on(const Catalog& catalog, std::string_view family,
                                         const Date& date);

/// Those of one chip: its family's, and its own.
std::vector<const Software*> software_on(const Catalog& catalog, const Chip& chip,
                                         const Date& date);

/// What does the work of `wanted` on a chip and a day: itself, or the first of its fallbacks that
/// the chip has by then; null where it has none of them.
/// Fallbacks of a catalog end: reference_faults() refuses a circle.
const Software* software_for(const Catalog& catalog, const Software& wanted, const Chip& chip,
                             const Date& date);

}  // namespace millwright
