// Answers of the rules to one question, to a table and on two days, as text, JSON and CSV.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/rules.h"

namespace millwright {

/// The verdict with its reasons, what stood in for what was left out, every test with its margin,
/// and what the points that the text leaves open would change. Readings that change nothing are
/// named in one line.
std::string check_text(const RulesCheckAnswer& answer);
/// The verdict's keys with those of the question and its readings beside them; `to` is an old name
/// of `destination` and says the same. `tpp` is that of the chip under the reading, null where it
/// is open.
nlohmann::ordered_json check_json(const RulesCheckAnswer& answer);

/// The table as it was given, but for columns of answers that it had, and the answers behind: CSV
/// with a head, a line a row.
std::string table_csv(const RulesTableAnswer& answer);
/// A list of verdicts; `line` is that of the row in the file.
nlohmann::ordered_json table_json(const RulesTableAnswer& answer);

/// A row for each chip whose answer changed, with the rule that decides on the later day; those not
/// sold by then are only counted.
std::string diff_text(const RulesDiffAnswer& answer);
/// A list of chips with both verdicts in full; empty where nothing changed.
nlohmann::ordered_json diff_json(const RulesDiffAnswer& answer);

}  // namespace millwright
