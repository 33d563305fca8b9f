// Names by which parts of the catalog mean each other.
#pragma once

#include "catalog/catalog.h"

namespace millwright {

/// A fault for each part that names a part which the catalog lacks.
Faults reference_faults(const Catalog& catalog);

}  // namespace millwright
