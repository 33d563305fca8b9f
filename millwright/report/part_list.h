// Parts of the catalog, many in a table or one with its sources, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/parts.h"

namespace millwright {

/// A line a part, with the figures that tell its kind; a kind without columns of its own has an
/// id and a name.
std::string list_text(const ListAnswer& answer);
nlohmann::ordered_json list_json(const ListAnswer& answer, const Catalog& catalog);

/// The ids alone, in order.
std::vector<std::string> list_ids(const ListAnswer& answer);

/// Every known field; long texts and the sources in full below.
std::string part_text(const Shown& part, const Catalog& catalog);
nlohmann::ordered_json part_json(const Shown& part, const Catalog& catalog);

}  // namespace millwright
