// A log of requests from its file and the settings that stand beside it.
#pragma once

#include <string>

#include "millwright/evidence/request_log.h"

namespace millwright::app {

/// The text of a log of requests or a table, at most 256 MB; throws the fault where it cannot be
/// read.
std::string measurements_from(const std::string& path);

/// Reads a log whose text is known; throws its faults, or that no settings stand beside it.
RequestLog log_of(const std::string& text, const std::string& path);

}  // namespace millwright::app
