// Settings of an engine as its own arguments name them, in JSON.
#pragma once

#include "millwright/evidence/request_log.h"

namespace millwright {

/// Sets the log's deployment from a file of settings: `engine_kwargs`, and what stands beside them
/// of the engine's version, its cache and its chip.
void read_log_settings(std::string_view text, const std::string& file, RequestLog& log,
                       Faults& faults);

}  // namespace millwright
