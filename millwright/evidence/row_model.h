// The model of a table row: of the catalog, or of the dimensions that the row prints.
#pragma once

#include <string>
#include <vector>

#include "millwright/catalog/catalog.h"
#include "millwright/evidence/cells.h"

namespace millwright {

/// The model, why there is none, and what was taken where the row is silent, in words.
struct RowModel {
    Model model;
    std::string skipped;
    std::vector<std::string> defaults;
};

/// The catalog's model of that name, with the row's own layers, vocabulary and key-value heads, or
/// one of printed dimensions where the name is unknown or the row has another width. Layers without
/// experts at the front shrink with the depth unless the row says how many there are ("1 dense
/// layer"), and a slice predicts several tokens only where the row says so. One width that is blank
/// is solved from the printed weights. A model whose weights are not the printed ones is none.
RowModel model_of_row(const Cells& cells, const Catalog& catalog);

}  // namespace millwright
