// A step by flows, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/study/flow_check.h"

namespace millwright {

/// Steps by formula and by flows, each kind of traffic, tiers and the fullest links.
std::string flow_check_text(const FlowCheck& check);

nlohmann::ordered_json flow_check_json(const FlowCheck& check);

}  // namespace millwright
