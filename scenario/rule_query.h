// Questions to the export rules, from the catalog and from tables.
#pragma once

#include "base/csv.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "rules/verdict.h"

namespace millwright {

/// The catalog's rules unfolded. Faults: unknown groups, countries or price items.
Result<Rulebook> resolve_rulebook(const Catalog& catalog);

/// Facts of a catalog chip with its host link; `per_board` packages share a baseboard.
ChipFacts chip_facts(const Catalog& catalog, const Chip& chip, const Readings& readings = {},
                     double per_board = 1);

/// Country of the designer, by vendor, as the catalog's chips have it; empty if none has.
std::string designer_of(const Catalog& catalog, std::string_view vendor);

/// What an empty die area means: not known, or (in tables of worked cases) that no die counts.
enum class EmptyArea { unknown, planar };

/// Columns that a table of questions needs.
std::vector<std::string> question_columns();

/// One row of a table as a question. Columns: chip, vendor, date, destination,
/// hq_of_ultimate_parent, end_use, dc_marketed, tpp, applicable_die_mm2, pd, dram_bw_gbps,
/// io_bw_gbps, us_market_2026_01_15 (empty: yes), exported_from_us (empty: yes), special_flag
/// (entity, super, gp10), named_in_2022_or_2023_letter, quantity, hall_m3. Figures that are left
/// out come from the catalog's chip of that name, if there is one. Faults carry the line.
Result<RuleQuery> question_of(const CsvTable& table, std::size_t row, const Catalog& catalog,
                              const Rulebook& book, EmptyArea empty_area);

}  // namespace millwright
