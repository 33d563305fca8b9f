// Parts of a serving row that several sources read: days, engines, layouts, settings.
#pragma once

#include <string>

#include "millwright/evidence/serving_row.h"

namespace millwright {

/// The day of a row: when it was measured by its notes, a day, month or year that its engine names,
/// or what release_of() tells; no day where nothing tells.
Date day_of_row(const Cells& cells, const Catalog& catalog);

/// Sets the engine of the row and the day that it is of: the one that its cell names, else the one
/// that stands in on its chip, which is told. The row has its chip.
void read_engine(const Cells& cells, const Catalog& catalog, ServingRow& row);

/// The same by a text and the day that the row has so far.
void take_engine(const Catalog& catalog, const std::string& printed, ServingRow& row);

/// Settings of a deployment by its command line or `name=value` items, wherever they stand in a
/// text; ways of parallelism too.
struct SaidFlags {
    EngineOverrides settings;
    std::optional<std::int64_t> tensor, pipeline, data, expert;
    bool expert_parallel = false;  // experts over all ways of tensors and data
    bool attention_data = false;   // requests, not heads, are shared out over the ways
};
SaidFlags flags_in(const std::string& text);

/// Speculation by the words of a text.
RowSpeculation speculation_in(const std::string& text);

/// Completes ways that are stated by those that follow: experts lie on all chips of an instance, by
/// tensors unless they have ways of their own; data ways of a mixture share its experts. The
/// instance's chips are counted. Replicas of a dense model are instances of their own and no ways.
void complete_layout(RowLayout& layout, bool moe);

/// Sets workers of the row from its columns and what its notes say; `skipped` if a layout is stated
/// that cannot be read. The row has its chip and model.
void read_layout(const Cells& cells, const SaidFlags& flags, ServingRow& row);

}  // namespace millwright
