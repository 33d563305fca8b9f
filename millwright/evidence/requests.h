// A per-request log of a served run held against its replay.
#pragma once

#include "millwright/evidence/request_log.h"
#include "millwright/evidence/validation.h"

namespace millwright {

/// The log's requests at their own times on its deployment: a row each for mean, p50, p90 and p99
/// of `ttft_ms`, `tpot_ms` and `latency_ms`, and one for `makespan_s`; with `each` three more for
/// every request, named by it. Times are of the engine, so its front end counts nothing. A
/// deployment that cannot be is the reason for which all are skipped.
Validation validate_log(const RequestLog& log, const Catalog& catalog,
                        const std::vector<std::string>& group_by, bool each);

}  // namespace millwright
