// Files of an answer of `books`.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "millwright/api/books.h"

namespace millwright {

/// Name and text of each: the answer as JSON and as a page, and the cash of each month as a table.
std::vector<std::pair<std::string, std::string>> books_files(const BooksAnswer& answer);
std::vector<std::string> books_file_names();

}  // namespace millwright
