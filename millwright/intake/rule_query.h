// What the catalog gives to questions for the export rules.
#pragma once

#include "millwright/base/result.h"
#include "millwright/catalog/catalog.h"
#include "millwright/rules/verdict.h"

namespace millwright {

/// The catalog's rules unfolded. Faults: unknown groups, countries or price items.
/// An authority that is called like a column of tables of questions is a fault too.
Result<Rulebook> resolve_rulebook(const Catalog& catalog);

/// Facts of a catalog chip with its host link; `per_board` packages share a baseboard.
/// A link that the catalog lacks counts as none. `estimated` is set from the sources' grades.
ChipFacts chip_facts(const Catalog& catalog, const Chip& chip, const Readings& readings = {},
                     double per_board = 1);

/// The first chip of a maker, whatever the case of the letters: how the catalog spells the name,
/// and where its chips are designed. Null if no chip is of that maker.
const Chip* chip_of_maker(const Catalog& catalog, std::string_view vendor);

}  // namespace millwright
