// The deployment that a log of requests was served by, by parts of the catalog.
#pragma once

#include "millwright/evidence/request_log.h"

namespace millwright {

/// Chip, model, engine, formats, layout and settings of a log, as of a row of a table; lengths and
/// load stay open. `skipped` says what cannot be found. The result points into the catalog.
ServingRow deployment_of(const RequestLog& log, const Catalog& catalog);

}  // namespace millwright
