// What the words of a row say, by the catalog's table of words.
#pragma once

#include <string>

#include "millwright/catalog/catalog.h"
#include "millwright/evidence/cells.h"

namespace millwright {

/// All that the words of a row say together: a Word of none. Of several that disagree the heaviest
/// counts, of as heavy ones the later of the catalog; lists of parts add up. Only words of the
/// framework and of the release count.
Word said_in(const Cells& cells, const Catalog& catalog, const std::string& framework,
             const Date& release);

/// When the software of a row was released, as far as the row tells: a version by year and month
/// ("25.04", "v24.11.1"), a month ("2025-06", "april2021"), the date of a word ("training results
/// v5.0"), else the middle of its year. The first of a month is meant by a month. No day where the
/// row has no year either.
Date release_of(const Cells& cells, const Catalog& catalog);

/// The first version, or month, that a text names; no day where it names none.
Date release_in(std::string_view text);

/// The framework of the catalog whose recipe a row is: what its words name, on chips of that maker,
/// else whose rows of that year are its own, else that of the chip's maker.
std::string framework_of_row(const Cells& cells, const Catalog& catalog, const Chip& chip);

}  // namespace millwright
