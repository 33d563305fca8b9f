// What a condition may compare: a row for each figure. To add one, give it a name in parts/rule.h
// and a row in metrics.cpp; conditions, tests in words and confidence follow from the row.
#pragma once

#include <string_view>

#include "millwright/rules/decide.h"

namespace millwright {

/// One figure: its unit in words, what it is, and where it comes from.
struct MetricRow {
    std::string_view unit;
    /// What to find out where the figure is not known.
    std::string_view (*missing)(const ChipFacts& facts);
    Figure (*value)(const ChipFacts& facts, const Party& party, Volume volume);
    FactSet rests_on;        // published figures behind it, which may be estimates
    bool in_volume = false;  // only asked where the hall is stated
};

/// The row of a figure; there is one for each.
const MetricRow& row_of(Metric metric);

/// What a condition compares, as an interval; `volume` is that of its rule.
Figure value_of(Metric metric, const ChipFacts& facts, const Party& party, Volume volume);

/// Whether the figure is compared for this chip and party at all.
bool is_asked(Metric metric, const ChipFacts& facts, const Party& party);

}  // namespace millwright
