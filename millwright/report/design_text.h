// Chips designed under a rule as text and JSON.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "millwright/lawful/design.h"

namespace millwright {

/// Designs under one set of rules; `name` says which.
struct DesignsUnder {
    std::string name;
    DesignResult result;
};

/// A row for each job and set of rules, against `free`: the best designs of the process.
std::string designs_text(const std::vector<DesignsUnder>& sets, const DesignResult& free);
nlohmann::ordered_json designs_json(const std::vector<DesignsUnder>& sets,
                                    const DesignResult& free);

}  // namespace millwright
