// Loads, metrics and lengths of serving rows, by tables of sayings.
#pragma once

#include <string>

#include "millwright/evidence/serving_row.h"

namespace millwright {

/// The load that a cell states, with what its notes add; nothing if it states none.
std::optional<RowLoad> load_in(const std::string& load, const std::string& notes);

/// What a metric's name means; nothing if nobody predicts it.
std::optional<RowMetric> metric_named(const std::string& metric);

/// Lengths that a cell states in tokens: "1024", "1k", "144.84 (mean)", "512-1024"; nothing if it
/// states no number.
std::optional<TokenSpan> span_in(const std::string& cell);

/// Sets prompt and output of the row from its cells: the numbers, or those of a public dataset that
/// the cell or the row's source means, and how lengths are spread about them. Sets `skipped` if
/// there are neither.
void read_lengths(const Cells& cells, const Catalog& catalog, ServingRow& row);

}  // namespace millwright
