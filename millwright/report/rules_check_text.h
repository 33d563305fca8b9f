// Answers of the rules to one question, to a table and on two days, as text, JSON and CSV.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/rules.h"

namespace millwright {

/// The verdict, every test, and what the points that the text leaves open would change.
std::string check_text(const RulesCheckAnswer& answer);
nlohmann::ordered_json check_json(const RulesCheckAnswer& answer);

/// The table with the answers in further columns.
std::string table_csv(const RulesTableAnswer& answer);
nlohmann::ordered_json table_json(const RulesTableAnswer& answer);

/// A row for each chip whose answer changed.
std::string diff_text(const RulesDiffAnswer& answer);
nlohmann::ordered_json diff_json(const RulesDiffAnswer& answer);

}  // namespace millwright
