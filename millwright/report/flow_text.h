// A step by flows, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/report/json_table.h"
#include "millwright/study/flow_check.h"

namespace millwright {

/// The step by formula, as a timeline and by flows; then each kind of traffic, tiers and the
/// fullest links. Differences are in percent of what they are compared with. A check that was not
/// done is one line that says why.
std::string flow_check_text(const FlowCheck& check);

/// The same: seconds, and ratios less one. Read `done` first; without it there is `why_not` alone.
nlohmann::ordered_json flow_check_json(const FlowCheck& check);

/// For the reference: a step by flows and the objects within.
std::vector<JsonObject> flow_check_objects();

}  // namespace millwright
