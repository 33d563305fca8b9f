// Bands that predictions of served runs carry.
#pragma once

#include <string>

#include "millwright/catalog/catalog.h"
#include "millwright/evidence/serving_row.h"

namespace millwright {

/// What is better when larger; all else are times.
bool is_rate(MetricForm form);

/// What bands of serving are kept apart by, as waits hang on queues and rates do not: first-token,
/// per-token, latency or rate.
std::string serving_kind(MetricForm form);

/// The detail of a band of serving (catalog/bands.h): the kind with the engine's id behind it where
/// the catalog has such a band, as `calibrate` writes one; else the kind.
std::string serving_band(const Catalog& catalog, MetricForm form, const std::string& engine);

}  // namespace millwright
