// Names by which parts of the catalog mean each other.
#pragma once

#include "millwright/catalog/catalog.h"

namespace millwright {

/// A fault for each part that names a part which the catalog lacks, or has a word that cannot be,
/// where its file says it. What a faulty file leaves out is not held against it again.
Faults reference_faults(const Catalog& catalog, const PartPlaces& places = {});

}  // namespace millwright
