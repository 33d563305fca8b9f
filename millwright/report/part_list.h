// Parts of the catalog, many in a table or one with its sources, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/parts.h"

namespace millwright {

/// A line a part, with the figures that tell its kind; a kind without columns of its own has an id
/// and a name. Topologies have the endpoints that they hold at most.
std::string list_text(const ListAnswer& answer);
/// A list of what `part_json` says of each; empty where the catalog has none of the kind.
nlohmann::ordered_json list_json(const ListAnswer& answer, const Catalog& catalog);

/// The ids alone, in the order of the catalog: what scripts and completions take.
std::vector<std::string> list_ids(const ListAnswer& answer);

/// Every known field with the source that it cites; texts too long for the table and the sources in
/// full below it. A rule is told in words in place of its fields (rules_text.h).
std::string part_text(const Shown& part, const Catalog& catalog);
/// The same by field: a cited figure is {"value", "source", "grade"} in SI units, a plain one its
/// value. What is not known is left out.
nlohmann::ordered_json part_json(const Shown& part, const Catalog& catalog);

}  // namespace millwright
