// Files of an answer of `books`.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "millwright/api/books.h"

namespace millwright {

/// Name and text of each: the answer as JSON and as a page; as tables the cash of each month as the
/// scenario stands, the fan of it over the samples, and the points of break-even lines.
std::vector<std::pair<std::string, std::string>> books_files(const BooksAnswer& answer);
std::vector<std::string> books_file_names();

}  // namespace millwright
