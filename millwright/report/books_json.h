// An answer of `books` as JSON.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "millwright/api/books.h"
#include "millwright/report/json_table.h"

namespace millwright {

nlohmann::ordered_json books_json(const BooksAnswer& answer);

/// Its objects for the reference.
std::vector<JsonObject> books_objects();

}  // namespace millwright
