// Ledgers as JSON: name, value and parts, which sum to the value.
#pragma once

#include <nlohmann/json.hpp>

#include "millwright/base/ledger.h"
#include "millwright/report/json.h"

namespace millwright {

/// The value and those of all parts in SI units; a leaf has an empty list of parts.
template <class Q>
nlohmann::ordered_json ledger_json(const Ledger<Q>& ledger) {
    auto parts = nlohmann::ordered_json::array();
    for (const Ledger<Q>& part : ledger.parts) parts.push_back(ledger_json(part));
    return {{"name", ledger.name}, {"value", number_json(ledger.value.si())}, {"parts", parts}};
}

}  // namespace millwright
