// An answer of `books` for a terminal.
#pragma once

#include <string>

#include "millwright/api/books.h"

namespace millwright {

std::string books_text(const BooksAnswer& answer);

}  // namespace millwright
